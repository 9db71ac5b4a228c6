package dev.trapline.explore;

import dev.trapline.abi.Figures;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.VcpuState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decides whether a run failed.
///
/// @param patterns a line of the console in which one of them is found is a failure
/// @param invariants see [Invariant]
public record Oracle(List<Pattern> patterns, List<Invariant> invariants) {

    /// What guests print when they fail: a test that is not ok in the Test Anything Protocol and the kernel's form
    /// of it, and what Linux prints when it stops or has noticed a defect of its own.
    public static final List<Pattern> USUAL = List.of(
            Pattern.compile("^(\\[ *[0-9.]+\\] )?\\s*not ok\\b(?!.*#\\s*(?i:todo|skip))"),
            Pattern.compile("^Bail out!"),
            Pattern.compile("Kernel panic - not syncing"),
            Pattern.compile("Unable to handle kernel "),
            Pattern.compile("Internal error: "),
            Pattern.compile("kernel BUG at "),
            Pattern.compile("\\bBUG: "),
            Pattern.compile("WARNING: CPU: "));

    /// The usual patterns, and nothing else.
    public static final Oracle STANDARD = new Oracle(USUAL, List.of());

    private static final String PRINTED = "the guest printed \"";

    private static final Pattern NUMBERS = Pattern.compile("0x[0-9a-fA-F]+|[0-9a-f]{8,}|[0-9]+");

    public Oracle {
        patterns = List.copyOf(patterns);
        invariants = List.copyOf(invariants);
    }

    /// The same with one more condition.
    public Oracle and(Invariant invariant) {
        List<Invariant> all = new ArrayList<>(invariants);
        all.add(invariant);
        return new Oracle(patterns, all);
    }

    /// The pattern of a failure on the console.
    ///
    /// @param finding of an oracle with these patterns
    /// @return null if it is another kind of failure
    public @Nullable Pattern patternOf(Finding finding) {
        String text = finding.text();
        if (finding.kind() != Finding.Kind.CONSOLE || !text.startsWith(PRINTED)) {
            return null;
        }
        String line = text.substring(PRINTED.length(), text.length() - 1);
        return patterns.stream()
                .filter(pattern -> pattern.matcher(line).find())
                .findFirst()
                .orElse(null);
    }

    /// Judges a line of the console.
    ///
    /// @return null if it is no failure
    public @Nullable Finding judge(String line) {
        for (Pattern pattern : patterns) {
            if (pattern.matcher(line).find()) {
                String text = line.strip();
                return new Finding(Finding.Kind.CONSOLE, NUMBERS.matcher(text).replaceAll("#"), PRINTED + text + "\"");
            }
        }
        return null;
    }

    /// Judges how a run ended.
    ///
    /// @return null if it is no failure
    public @Nullable Finding judge(RunOutcome outcome) {
        return switch (outcome) {
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.ResetRequested _,
                    // Its time was up.
                    RunOutcome.Interrupted _ -> null;
            case RunOutcome.Exited(long status) ->
                status == 0
                        ? null
                        : new Finding(
                                Finding.Kind.EXIT_STATUS,
                                "status " + status,
                                "the guest ended the run with its own status " + status);
            case RunOutcome.GuestFailed(VcpuId vcpu, GuestFault fault, GeneralRegisters registers) ->
                new Finding(
                        Finding.Kind.GUEST_FAULT,
                        fault.kind().description() + " at pc 0x" + Long.toHexString(registers.pc()),
                        vcpu + ": " + fault.kind().description()
                                + (fault.kind().hasAddress() ? " at 0x" + Long.toHexString(fault.address()) : "")
                                + ", pc 0x" + Long.toHexString(registers.pc()));
            case RunOutcome.Deadlock(List<VcpuState> states) ->
                new Finding(
                        Finding.Kind.DEADLOCK,
                        counts(states),
                        "no vCPU can run, and nothing can wake one: " + counts(states));
            case RunOutcome.LimitReached(RunOutcome.Limit limit) ->
                switch (limit) {
                    case INSTRUCTIONS ->
                        new Finding(
                                Finding.Kind.NO_PROGRESS,
                                "limit of instructions",
                                "the run did not end within its limit of instructions");
                    case TIMEOUT, SCRIPT ->
                        new Finding(
                                Finding.Kind.NO_PROGRESS,
                                "output that did not come",
                                "the guest did not print in time what the console's script waits for");
                };
            case RunOutcome.ServiceFailed failed ->
                new Finding(Finding.Kind.SERVICE, failed.service(), failed.message());
            case RunOutcome.Broken broken ->
                new Finding(Finding.Kind.BROKEN, broken.message(), "Trapline itself failed: " + broken.message());
            case RunOutcome.HeldByService _,
                    RunOutcome.Diverged _,
                    RunOutcome.StorageFailed _,
                    RunOutcome.RecordingEnds _ ->
                new Finding(Finding.Kind.BROKEN, "no such end", "no such end: " + outcome);
        };
    }

    private static String counts(List<VcpuState> states) {
        Map<VcpuState, Integer> counted = new EnumMap<>(VcpuState.class);
        states.forEach(state -> counted.merge(state, 1, Integer::sum));
        List<String> parts = new ArrayList<>();
        counted.forEach((state, count) -> parts.add(Figures.count(count, "vCPU") + " " + state.description()));
        return String.join(", ", parts);
    }
}
