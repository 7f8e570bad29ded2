int Below() { return 1; }
