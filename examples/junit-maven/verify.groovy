// After the builds of invoker.properties: tests have run, and the second build has failed for the right reason.
def report = new File(basedir, 'target/surefire-reports/TEST-org.example.HotplugTest.xml').text
assert report.contains('tests="2"') && report.contains('failures="0"') && report.contains('skipped="0"')

def log = new File(basedir, 'build.log').text
assert log.contains('Expected the guest to end the run with status 0.')
assert log.contains('Seed 1 of 300, schedule pct:3; to run it alone: -Dtrapline.seed=1')

def recordings = new File(basedir, 'target/trapline/HotplugWithBug.theThirdVcpuIsStartedOnce')
assert new File(recordings, 'seed-1').directory
assert new File(recordings, 'seed-1-smallest').directory
