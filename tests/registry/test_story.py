"""The way of a package from its author to those who use it."""

import os
import shutil

import support
from support import RegistryTest, write


class Story(RegistryTest):
    def new_app(self, name="app", home=None):
        self.snow("new", name, home=home)
        folder = os.path.join(self.work, name)
        shutil.rmtree(os.path.join(folder, "src"))
        os.mkdir(os.path.join(folder, "src"))
        write(os.path.join(folder, "src/main.snow"), support.APP)
        return folder

    def test_publish_add_and_run(self):
        server = self.serve()
        said = self.login(server)
        self.assertIn("as zoe", said)
        greetings = self.new_greetings()
        self.snow("test", cwd=greetings)
        self.assertIn("entry 0 of its log", self.snow("publish", cwd=greetings))
        app = self.new_app()
        said = self.snow("add", "greetings", cwd=app)
        self.assertIn("+ greetings 0.1.0", said)
        self.assertIn("can reach: none", said)
        self.snow("build", cwd=app)
        self.assertIn("Bonjour, Zoé !", self.snow("run", cwd=app))

    def test_versions_never_change(self):
        server = self.serve()
        self.login(server)
        greetings = self.new_greetings()
        self.snow("publish", cwd=greetings)
        self.assertIn("exists already", self.refused("publish", cwd=greetings))
        self.new_greetings("0.2.0")
        self.assertIn("entry 1 of its log", self.snow("publish", cwd=greetings))

    def test_a_yanked_version_is_not_chosen_but_lockfiles_go_on(self):
        server = self.serve()
        self.login(server)
        greetings = self.new_greetings()
        self.snow("publish", cwd=greetings)
        app = self.new_app()
        self.snow("add", "greetings", cwd=app)
        self.snow("yank", "greetings", "0.1.0")
        other = self.new_app("other")
        self.refused("add", "greetings", cwd=other)
        # A machine that has never seen the package, with the lockfile.
        elsewhere = os.path.join(self.folder, "elsewhere")
        self.snow("build", cwd=app, home=elsewhere)
        self.snow("yank", "--undo", "greetings", "0.1.0")
        self.snow("add", "greetings", cwd=other)

    def test_a_copy_of_the_tree_is_a_registry(self):
        server = self.serve()
        self.login(server)
        self.snow("publish", cwd=self.new_greetings())
        server.kill()
        copy = os.path.join(self.folder, "copy")
        shutil.copytree(os.path.join(self.data, "public"), copy)
        elsewhere = os.path.join(self.folder, "elsewhere")
        app = self.new_app(home=elsewhere)
        self.snow("add", "greetings", "--registry", "file://" + copy, cwd=app, home=elsewhere)
        self.assertIn("Bonjour, Zoé !", self.snow("run", cwd=app, home=elsewhere))

    def test_a_changed_archive_is_refused(self):
        server = self.serve()
        self.login(server)
        self.snow("publish", cwd=self.new_greetings())
        archives = os.path.join(self.data, "public/archives")
        for folder, _, files in os.walk(archives):
            for name in files:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    contents = bytearray(file.read())
                contents[-1] ^= 1
                with open(path, "wb") as file:
                    file.write(contents)
        elsewhere = os.path.join(self.folder, "elsewhere")
        app = self.new_app(home=elsewhere)
        self.refused("add", "greetings", "--registry", server.url, cwd=app, home=elsewhere)
        self.assertFalse(os.path.exists(os.path.join(app, "snow.lock")))

    def test_tokens(self):
        server = self.serve()
        self.refused("login", server.url, give="snow_" + "0" * 64 + "\n")
        self.login(server, self.token("zoe", ["publish:other"]))
        self.assertIn("scope", self.refused("publish", cwd=self.new_greetings()))
        listed = self.snow("registry", "token", "list", "--data", self.data)
        self.snow("registry", "token", "revoke", "--data", self.data, listed.split()[0])
        self.assertIn("token", self.refused("publish", cwd=self.new_greetings()))

    def test_owners(self):
        server = self.serve()
        self.login(server)
        self.snow("publish", cwd=self.new_greetings())
        self.login(server, self.token("ben"))
        greetings = self.new_greetings("0.2.0")
        self.assertIn("not an owner", self.refused("publish", cwd=greetings))
        self.snow("registry", "owner", "add", "--data", self.data, "greetings", "ben")
        self.snow("publish", cwd=greetings)
        self.assertEqual(
            self.snow("registry", "owner", "list", "--data", self.data, "greetings").split(),
            ["ben", "zoe"])
