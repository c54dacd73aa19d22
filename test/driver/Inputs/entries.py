# entries.py NNC PROGRAM: changes a cache's entries, its secret and its folder one after the other, and prints the effect of each change.
import glob
import os
import shutil
import socket
import subprocess
import sys

nnc, program = sys.argv[1:3]
CACHE = "tried"


def run():
    done = subprocess.run([nnc, "run", "--timing", "--cache=" + CACHE, program, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=60, check=True)
    text = done.stdout.decode()
    return ("used" if "in the cache" in text else "not used") + (", note" if "note: the cache" in text else "")


def attempt(name, change):
    shutil.rmtree(CACHE, ignore_errors=True)
    run()
    entries = glob.glob(CACHE + "/llvmcache-*")
    assert len(entries) >= 2 and run() == "used"
    try:
        change(entries)
    except PermissionError:  # only root may give files away and make devices
        print(name + ": not tried")
    else:
        print("%s: %s" % (name, run()))


def each(change):
    def apply(entries):
        for entry in entries:
            change(entry)
    return apply


def instead(make):
    def change(entry):
        shutil.move(entry, "kept-" + os.path.basename(entry))
        make(entry)
    return change


def listen(entry):
    # A socket's whole path must be short.
    here = os.getcwd()
    os.chdir(os.path.dirname(entry))
    try:
        socket.socket(socket.AF_UNIX).bind("s")
    finally:
        os.chdir(here)
    os.rename(os.path.join(os.path.dirname(entry), "s"), entry)


link = instead(lambda entry: os.symlink(os.path.abspath("kept-" + os.path.basename(entry)), entry))
attempt("writable by a group", each(lambda entry: os.chmod(entry, 0o620)))
attempt("writable by all", each(lambda entry: os.chmod(entry, 0o602)))
attempt("a link", each(link))
attempt("a pipe", each(instead(os.mkfifo)))
attempt("a folder", each(instead(os.mkdir)))
attempt("a socket", each(instead(listen)))
attempt("another user's", each(lambda entry: os.chown(entry, 65534, 65534)))
attempt("a device", each(instead(lambda entry: os.mknod(entry, 0o20600, os.makedev(1, 5)))))
attempt("as it was", lambda entries: None)

key = os.path.join(CACHE, "key")
attempt("a secret that others may read", lambda _: os.chmod(key, 0o644))
attempt("a secret that is a pipe", lambda _: instead(os.mkfifo)(key))
attempt("a secret that is a link", lambda _: link(key))
attempt("a secret that is short", lambda _: os.truncate(key, 7))
attempt("a folder that a group may write", lambda _: os.chmod(CACHE, 0o770))
attempt("a folder that all may write", lambda _: os.chmod(CACHE, 0o777))
attempt("a sticky folder", lambda _: os.chmod(CACHE, 0o1777))
attempt("another user's folder", lambda _: os.chown(CACHE, 65534, 65534))
attempt("as it was", lambda _: None)
