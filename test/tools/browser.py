# browser.py [--screenshot FILE] [--width W]… PAGE: opens a page in headless Chromium at each width (1280 and 400) and fails unless it is
# self-contained and fits: no message on the console, no request except for the page, no overflow to the right, every image decoded, every
# plot responds to the pointer. Prints one line with the findings for each width. Without Chromium: "skipped" and exit code 0.
#
# It speaks the DevTools protocol over a pair of pipes (--remote-debugging-pipe): JSON messages that end with a zero byte.
import argparse
import base64
import fcntl
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

LAUNCH = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
LOOK = """(async () => {
  await Promise.all([...document.images].map(i => i.decode().catch(() => 0)));
  const plots = [...document.querySelectorAll("svg.curves")];
  let answered = 0;
  for (const svg of plots) {
    const box = svg.getBoundingClientRect();
    svg.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
    answered += /^epoch \\d/.test(svg.parentElement.querySelector(".values").textContent);
    svg.dispatchEvent(new PointerEvent("pointerleave"));
  }
  const outside = [...document.querySelectorAll("main *")].filter(e => {
    for (let p = e; p; p = p.parentElement) if (p.classList.contains("scroll") && p !== e) return false;
    return e.getBoundingClientRect().right > innerWidth + 0.5;
  });
  return {
    title: document.title, lang: document.documentElement.lang, width: innerWidth, scroll: document.documentElement.scrollWidth,
    images: document.images.length, broken: [...document.images].filter(i => !i.naturalWidth || !i.alt).length,
    plots: plots.length, answered, unnamed: [...document.querySelectorAll("svg")].filter(s => !s.getAttribute("aria-label")).length,
    outside: outside.slice(0, 3).map(e => e.tagName + "." + e.className.toString()),
    height: document.documentElement.scrollHeight,
  };
})()"""


class Browser:
    def __init__(self, program, profile):
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        # The protocol reads from 3 and writes to 4; a launcher puts the pipes there.
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (to_read, from_write)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(high[0]), str(high[1]), program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
             "--disable-background-networking", "--user-data-dir=" + profile, "--remote-debugging-pipe", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=high)
        for fd in high + [to_read, from_write]:
            os.close(fd)
        self.out, self.inp = os.fdopen(to_write, "wb", 0), os.fdopen(from_read, "rb", 0)
        self.rest, self.serial, self.events = b"", 0, []

    def message(self):
        while b"\0" not in self.rest:
            piece = self.inp.read(1 << 16)
            if not piece:
                sys.exit("chromium ended")
            self.rest += piece
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, session=None, **params):
        self.serial += 1
        message = {"id": self.serial, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self.out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.serial:
                if "error" in answer:
                    sys.exit("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.message())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("page")
    parser.add_argument("--width", type=int, action="append")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--screenshot", help="written for each width, as NAME-WIDTH.png")
    options = parser.parse_args()
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        print("skipped: there is no chromium")
        return 0
    address = pathlib.Path(options.page).resolve().as_uri()
    # It reserves terabytes of address space; the limit of tests is meant for memory that they use.
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    problems = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        for width in options.width or [1280, 400]:
            browser.events = []
            target = browser.call("Target.createTarget", url="about:blank")["targetId"]
            session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.call(domain + ".enable", session)
            browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
            if options.dark:
                browser.call("Emulation.setEmulatedMedia", session, features=[{"name": "prefers-color-scheme", "value": "dark"}])
            browser.call("Page.navigate", session, url=address)
            browser.wait("Page.loadEventFired")
            seen = browser.call("Runtime.evaluate", session, expression=LOOK, awaitPromise=True, returnByValue=True)
            if "value" not in seen["result"]:
                problems.append("at %d: the page could not be asked: %s" % (width, seen))
                continue
            seen = seen["result"]["value"]
            messages = [e for e in browser.events if e.get("method") in
                        ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
            requests = [e["params"]["request"]["url"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
            foreign = [u for u in requests if u != address and not u.startswith("data:")]
            checks = [(not messages, "console: %s" % messages), (not foreign, "requests: %s" % foreign),
                      (seen["scroll"] <= seen["width"], "it is %d wide" % seen["scroll"]), (not seen["outside"], "outside: %s" % seen["outside"]),
                      (seen["broken"] == 0, "%d images are broken or nameless" % seen["broken"]), (seen["title"] and seen["lang"], "no title or language"),
                      (seen["answered"] == seen["plots"], "%d of %d plots answer" % (seen["answered"], seen["plots"])),
                      (seen["unnamed"] == 0, "%d plots have no name" % seen["unnamed"])]
            problems += ["at %d: %s" % (width, text) for good, text in checks if not good]
            print("%d px: %d plots, %d images" % (width, seen["plots"], seen["images"]))
            if options.screenshot:
                browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=min(seen["height"], 8000), deviceScaleFactor=1,
                             mobile=width < 600)
                picture = browser.call("Page.captureScreenshot", session, format="png")
                with open("%s-%d.png" % (options.screenshot, width), "wb") as file:
                    file.write(base64.b64decode(picture["data"]))
            browser.call("Target.closeTarget", targetId=target)
        browser.call("Browser.close")
        browser.process.wait(30)
    for problem in problems:
        print(problem)
    print("bad" if problems else "good")
    return 1 if problems else 0


sys.exit(main())
