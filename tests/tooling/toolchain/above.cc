int Below();
int Above() { return Below() + 1; }
