"""What the tests of the network share: programs, certificates, a PostgreSQL server."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
SNOW = None
FOLDER = None
BUILT = {}
POSTGRES = None
LIMIT = 30  # seconds that anything may take


def begin(snow):
    global SNOW, FOLDER
    SNOW = snow
    FOLDER = tempfile.mkdtemp(prefix="snow-net-")
    os.chmod(FOLDER, 0o755)


def end():
    if POSTGRES is not None:
        POSTGRES.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


def build(name):
    """The executable of tests/net/NAME.snow, built once."""
    if name not in BUILT:
        output = os.path.join(FOLDER, name)
        run = subprocess.run([SNOW, "build", "-o", output, os.path.join(HERE, name + ".snow")],
                             capture_output=True, text=True, timeout=120, cwd=FOLDER)
        if run.returncode != 0:
            raise AssertionError(f"{name}.snow does not build:\n{run.stdout}{run.stderr}")
        BUILT[name] = output
    return BUILT[name]


def run(name, environment=None):
    """Runs a program to its end: exit code, stdout, stderr."""
    done = subprocess.run([build(name)], env={**os.environ, **(environment or {})},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT)
    return done.returncode, done.stdout, done.stderr


class Program:
    """A program that goes on; its first line on stdout tells a port."""

    def __init__(self, name, environment=None, tells_port=True):
        self.process = subprocess.Popen([build(name)], env={**os.environ, **(environment or {})},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.stderr = ""
        self.reader = threading.Thread(target=self._read_stderr, daemon=True)
        self.seen = threading.Condition()
        self.reader.start()
        self.port = None
        if tells_port:
            line = self.process.stdout.readline()
            match = re.fullmatch(r"port (\d+)\n", line)
            if match is None:
                self.process.kill()
                self.reader.join()
                raise AssertionError(f"{name} told no port: {line!r}\n{self.stderr}")
            self.port = int(match.group(1))

    def _read_stderr(self):
        for line in self.process.stderr:
            with self.seen:
                self.stderr += line
                self.seen.notify_all()

    def wait_for_stderr(self, text):
        with self.seen:
            if not self.seen.wait_for(lambda: text in self.stderr, LIMIT):
                raise AssertionError(f"no {text!r} in {self.stderr!r}")

    def finish(self):
        """Waits for the end: exit code and what it wrote to stdout since."""
        out = self.process.stdout.read()
        code = self.process.wait(LIMIT)
        self.reader.join(LIMIT)
        return code, out

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        self.reader.join(LIMIT)
        self.process.stderr.close()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(name="localhost"):
    """Paths of a self-signed certificate for a host name and its key."""
    cert = os.path.join(FOLDER, f"cert-{name}.pem")
    key = os.path.join(FOLDER, f"key-{name}.pem")
    if not os.path.exists(cert):
        kind = "IP" if re.fullmatch(r"[\d.]+", name) else "DNS"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        f"/CN={name}", "-addext", f"subjectAltName={kind}:{name}",
                        "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class Connection:
    """A raw TCP connection."""

    def __init__(self, port, wrap=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        if wrap is not None:
            self.socket = wrap(self.socket)
        self.input = b""

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def read_until(self, mark):
        while mark not in self.input:
            part = self.socket.recv(65536)
            if not part:
                raise AssertionError(f"closed before {mark!r}: {self.input!r}")
            self.input += part
        at = self.input.index(mark) + len(mark)
        taken, self.input = self.input[:at], self.input[at:]
        return taken

    def read_exactly(self, count):
        while len(self.input) < count:
            part = self.socket.recv(65536)
            if not part:
                raise AssertionError(f"closed within {count} bytes: {self.input!r}")
            self.input += part
        taken, self.input = self.input[:count], self.input[count:]
        return taken

    def read_all(self):
        while True:
            try:
                part = self.socket.recv(65536)
            except ConnectionError:
                part = b""
            if not part:
                taken, self.input = self.input, b""
                return taken
            self.input += part

    def answer(self):
        """One HTTP answer with Content-Length: head and body."""
        head = self.read_until(b"\r\n\r\n").decode()
        length = int(re.search(r"(?i)content-length: (\d+)", head).group(1))
        return head, self.read_exactly(length)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


# --- PostgreSQL ----------------------------------------------------------------------------------

def postgres_programs():
    """The folder of the server's programs, or None."""
    for folder in ["/usr/lib/postgresql/15/bin", "/usr/local/bin", "/usr/bin"]:
        if all(os.path.exists(os.path.join(folder, p)) for p in ["initdb", "postgres"]):
            return folder
    return None


class Postgres:
    """A server on loopback, in a folder of its own. It refuses to run as root, so another user does."""

    def __init__(self):
        self.bin = postgres_programs()
        self.folder = tempfile.mkdtemp(prefix="snow-pg-")
        self.port = free_port()
        self.user = None
        if os.geteuid() == 0:
            self.user = "postgres" if self._has_user("postgres") else "nobody"
            shutil.chown(self.folder, self.user)
        self.data = os.path.join(self.folder, "data")
        cert, key = certificate()
        self._run([os.path.join(self.bin, "initdb"), "-D", self.data, "-U", "snow", "-A", "trust",
                   "--locale=C", "-E", "UTF8", "--no-sync"])
        for source, name in [(cert, "server.crt"), (key, "server.key")]:
            target = os.path.join(self.data, name)
            shutil.copy(source, target)
            os.chmod(target, 0o600)
            if self.user:
                shutil.chown(target, self.user)
        with open(os.path.join(self.data, "pg_hba.conf"), "w", encoding="utf-8") as f:
            f.write("local all all trust\n"
                    "host all secret 127.0.0.1/32 scram-sha-256\n"
                    "hostssl all tlsonly 127.0.0.1/32 trust\n"
                    "hostnossl all clearonly 127.0.0.1/32 trust\n"
                    "host all snow 127.0.0.1/32 trust\n")
        self.start()

    @staticmethod
    def _has_user(name):
        import pwd
        try:
            pwd.getpwnam(name)
            return True
        except KeyError:
            return False

    def _command(self, command):
        if self.user:
            return ["setpriv", "--reuid", self.user, "--regid", self.user, "--init-groups",
                    "env", f"HOME={self.folder}"] + command
        return command

    def _run(self, command):
        subprocess.run(self._command(command), check=True, capture_output=True, cwd=self.folder,
                       timeout=60)

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            self._command([os.path.join(self.bin, "postgres"), "-D", self.data, "-h", "127.0.0.1",
                           "-p", str(self.port), "-k", self.folder, "-c", "fsync=off",
                           "-c", "ssl=on", "-c", "max_connections=50"]),
            stdout=self.log, stderr=self.log, cwd=self.folder)
        for _ in range(600):
            try:
                self.sql("select 1")
                return
            except subprocess.CalledProcessError:
                if self.process.poll() is not None:
                    break
                threading.Event().wait(0.05)
        raise AssertionError("PostgreSQL did not start: " + self.read_log())

    def read_log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as f:
            return f.read()

    def sql(self, text):
        return subprocess.run(["psql", "-qAt", "-h", "127.0.0.1", "-p", str(self.port), "-U",
                               "snow", "-d", "postgres", "-c", text],
                              check=True, capture_output=True, text=True, timeout=LIMIT).stdout

    def url(self, user="snow", password="", options=""):
        secret = f":{password}" if password else ""
        return f"postgres://{user}{secret}@127.0.0.1:{self.port}/postgres{options}"

    def kill(self):
        """As by a crash of the machine: all its processes at once."""
        self._run(["sh", "-c", f"kill -9 $(head -1 {self.data}/postmaster.pid) "
                   f"$(ps -o pid= --ppid $(head -1 {self.data}/postmaster.pid))"])
        self.process.wait(LIMIT)

    def stop(self):
        if self.process.poll() is None:
            # SIGINT is its fast shutdown. The parent is setpriv's successor: postgres itself.
            self.process.send_signal(2)
            self.process.wait(LIMIT)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def postgres():
    global POSTGRES
    if POSTGRES is None:
        POSTGRES = Postgres()
    return POSTGRES
