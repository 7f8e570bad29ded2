"""What the tests of the registry share: a registry that runs, and a user with a home."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

SNOW = None
LIMIT = 120  # seconds that anything may take

GREETINGS = """\
##! greetings: polite words in several languages.

pub type Language do
  English
  French
  Custom(String)
end deriving(Eq, Debug, Json)

pub fn greet(name :: String, English) -> String = "Hello, ${name}!"
pub fn greet(name, French) = "Bonjour, ${name} !"
pub fn greet(name, Custom(word)) = "${word}, ${name}!"

test "greets in French" do
  assert_eq(greet("Zoé", French), "Bonjour, Zoé !")
end
"""

APP = """\
import Greetings
from Greetings import Language

fn main() do
  println(Greetings.greet("Zoé", French))
end
"""


class Server:
    """`snow registry serve` on a free port. `most_file_bytes`: larger files cannot be written, as on
    a disk that is full."""

    def __init__(self, data, options=(), most_file_bytes=resource.RLIM_INFINITY):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_file_bytes, resource.RLIM_INFINITY))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

        self.process = subprocess.Popen(
            [SNOW, "registry", "serve", "--data", data, "--port", "0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, preexec_fn=limit)
        line = self.process.stdout.readline()
        if "http://" not in line:
            self.kill()
            raise AssertionError(f"the registry did not start: {line!r}")
        self.url = line[line.index("http://"):].strip()

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(LIMIT)
        self.process.stdout.close()


class RegistryTest(unittest.TestCase):
    """A folder with the home of a user, and registries that end with the test."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="snow-registry-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.home = os.path.join(self.folder, "home")
        self.data = os.path.join(self.folder, "data")
        self.work = os.path.join(self.folder, "work")
        os.mkdir(self.work)

    def serve(self, options=(), most_file_bytes=resource.RLIM_INFINITY):
        server = Server(self.data, options, most_file_bytes)
        self.addCleanup(lambda: server.process.poll() is None and server.kill())
        return server

    def command(self, words, cwd=None, give="", home=None):
        environment = {**os.environ, "SNOW_HOME": home or self.home, "NO_COLOR": "1"}
        for name in ["SNOW_REGISTRY", "SNOW_TOKEN"]:
            environment.pop(name, None)
        return subprocess.run([SNOW, *words], cwd=cwd or self.work, input=give, env=environment,
                              capture_output=True, text=True, timeout=LIMIT)

    def snow(self, *words, cwd=None, give="", home=None):
        """Runs a command that must succeed; what it says."""
        done = self.command(words, cwd, give, home)
        self.assertEqual(done.returncode, 0, f"snow {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def refused(self, *words, cwd=None, give="", home=None):
        """Runs a command that must fail with code 1; what it says."""
        done = self.command(words, cwd, give, home)
        self.assertEqual(done.returncode, 1, f"snow {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def token(self, user="zoe", scopes=("publish", "yank")):
        words = ["registry", "token", "create", "--data", self.data, "--user", user]
        for scope in scopes:
            words += ["--scope", scope]
        return self.snow(*words).strip()

    def login(self, server, token=None, home=None):
        return self.snow("login", server.url, give=(token or self.token()) + "\n", home=home)

    def new_greetings(self, version="0.1.0"):
        """The folder of the package greetings."""
        folder = os.path.join(self.work, "greetings")
        if not os.path.exists(folder):
            self.snow("new", "greetings", "--template", "lib")
            write(os.path.join(folder, "src/lib.snow"), GREETINGS)
        manifest = os.path.join(folder, "snow.toml")
        with open(manifest, encoding="utf-8") as file:
            lines = file.read().split("\n")
        lines = [f'version = "{version}"' if line.startswith("version") else line for line in lines]
        write(manifest, "\n".join(lines))
        return folder


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
