package dev.trapline.junit;

import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import dev.trapline.explore.Finding;
import dev.trapline.explore.Oracle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.assertj.core.api.AbstractAssert;

/// Assertions about a run that has ended. A failure shows its last calls.
public final class GuestRunAssert extends AbstractAssert<GuestRunAssert, GuestRun> {

    private static final int SHOWN = 8;

    private GuestRunAssert(GuestRun actual) {
        super(actual, GuestRunAssert.class);
    }

    /// Begins assertions about a run.
    public static GuestRunAssert assertThat(GuestRun run) {
        return new GuestRunAssert(run);
    }

    /// The guest ended the run with this status of its own.
    public GuestRunAssert endedWithStatus(long status) {
        isNotNull();
        if (!actual.outcome().equals(new RunOutcome.Exited(status))) {
            fail("the guest to end the run with status " + status);
        }
        return this;
    }

    /// The guest turned its machine off.
    public GuestRunAssert poweredOff() {
        isNotNull();
        if (!(actual.outcome() instanceof RunOutcome.PoweredOff)) {
            fail("the guest to turn its machine off");
        }
        return this;
    }

    /// The guest ended the run by itself: with the status 0, or by turning its machine off.
    public GuestRunAssert endedWell() {
        isNotNull();
        if (!(actual.outcome() instanceof RunOutcome.PoweredOff)
                && !actual.outcome().equals(new RunOutcome.Exited(0))) {
            fail("the guest to end the run with status 0, or to turn its machine off");
        }
        return this;
    }

    /// The guest did nothing that the machine cannot handle.
    public GuestRunAssert didNotFault() {
        isNotNull();
        if (actual.outcome() instanceof RunOutcome.GuestFailed) {
            fail("the guest to do nothing that the machine cannot handle");
        }
        return this;
    }

    /// Up to the end of the run, a vCPU could run, or something could wake one.
    public GuestRunAssert didNotDeadlock() {
        isNotNull();
        if (actual.outcome() instanceof RunOutcome.Deadlock) {
            fail("no deadlock");
        }
        return this;
    }

    /// The run ended before its limit of instructions.
    public GuestRunAssert endedInTime() {
        isNotNull();
        if (actual.outcome() instanceof RunOutcome.LimitReached) {
            fail("the run to end before its limit");
        }
        return this;
    }

    /// No firmware service failed.
    public GuestRunAssert noServiceFailed() {
        isNotNull();
        if (actual.outcome() instanceof RunOutcome.ServiceFailed) {
            fail("no firmware service to fail");
        }
        return this;
    }

    /// The guest printed no failure: no test that is not ok (TAP, KTAP), and no panic or warning of Linux.
    public GuestRunAssert printedNoFailure() {
        isNotNull();
        return requireNoFailure(Oracle.STANDARD, "the guest to print no failure");
    }

    /// The guest printed no line in which a regular expression is found.
    ///
    /// @throws java.util.regex.PatternSyntaxException if it is none
    public GuestRunAssert printedNoLine(String regex) {
        isNotNull();
        Oracle only = new Oracle(List.of(Pattern.compile(regex)), List.of());
        return requireNoFailure(only, "the guest to print no line with " + regex);
    }

    private GuestRunAssert requireNoFailure(Oracle oracle, String expected) {
        actual.console().lines().forEach(line -> {
            Finding finding = oracle.judge(line);
            if (finding != null) {
                fail(expected + ", and " + finding.text());
            }
        });
        return this;
    }

    /// The guest printed a text.
    public GuestRunAssert printed(String text) {
        isNotNull();
        if (!actual.console().contains(text)) {
            fail("the guest to print \"" + text + "\"");
        }
        return this;
    }

    /// The guest did not print a text.
    public GuestRunAssert didNotPrint(String text) {
        isNotNull();
        if (actual.console().contains(text)) {
            fail("the guest not to print \"" + text + "\"");
        }
        return this;
    }

    /// A vCPU is on at the end, and not suspended.
    public GuestRunAssert vcpuIsOn(int index) {
        return vcpuIs(index, VcpuState.ON);
    }

    /// A vCPU is off at the end.
    public GuestRunAssert vcpuIsOff(int index) {
        return vcpuIs(index, VcpuState.OFF);
    }

    /// A vCPU has a state at the end.
    public GuestRunAssert vcpuIs(int index, VcpuState state) {
        isNotNull();
        if (actual.vcpu(index) != state) {
            fail("vcpu" + index + " to be " + state.description() + ", and it is "
                    + actual.vcpu(index).description());
        }
        return this;
    }

    /// A function was called.
    public GuestRunAssert called(String function) {
        isNotNull();
        if (actual.calls(function).isEmpty()) {
            fail("a call of " + function);
        }
        return this;
    }

    /// No call of a function returned a result.
    public GuestRunAssert noCallReturned(String function, int result) {
        isNotNull();
        for (GuestCall call : actual.calls(function)) {
            if (call.result() == result) {
                fail("no call of " + function + " to return " + result + ", and there is\n  " + call);
            }
        }
        return this;
    }

    /// No two calls of PSCI_CPU_ON for one target succeeded.
    public GuestRunAssert startedEachVcpuOnce() {
        isNotNull();
        Map<Long, GuestCall> started = new TreeMap<>();
        for (GuestCall call : actual.calls("PSCI_CPU_ON")) {
            GuestCall before = call.result() == 0 ? started.put(call.argument(1), call) : null;
            if (before != null) {
                fail("each vCPU to be started once, and there are\n  " + before + "\n  " + call);
            }
        }
        return this;
    }

    private void fail(String expected) {
        StringBuilder text =
                new StringBuilder("Expected " + expected + ".\nThe run ended with " + actual.outcome() + ".\n");
        List<GuestCall> calls = actual.calls();
        if (!calls.isEmpty()) {
            text.append("Its last calls:\n");
            calls.subList(Math.max(0, calls.size() - SHOWN), calls.size())
                    .forEach(call -> text.append("  ").append(call).append('\n'));
        }
        throw failure("%s", text.toString().stripTrailing());
    }
}
