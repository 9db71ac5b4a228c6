package dev.trapline.launcher.run;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Figures;
import dev.trapline.abi.Visible;
import dev.trapline.abi.fault.CallPattern;
import dev.trapline.abi.fault.FaultPlace;
import dev.trapline.abi.fault.InputPattern;
import dev.trapline.abi.fault.Moments;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.config.PlannedText;
import dev.trapline.config.TraplineConfig;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.machine.RunReport;
import dev.trapline.machine.choice.Choices;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Compares a run with what the user asked for. Only after the run is it known which requests had no effect.
///
/// @param seeded whether the user gave a seed
record Afterwards(TraplineConfig config, boolean seeded) {

    /// How many lines of the console are shown.
    private static final int LINES = 8;

    /// Refuses injections for vCPUs that the machine lacks.
    ///
    /// @param machine the machine to run; for a continued recording, the recorded one
    void requireVcpus(MachineSpec machine) {
        for (PlannedInjection planned : config.run().injections()) {
            int index = planned.what().vcpu().index();
            if (index >= machine.cpus().count()) {
                throw CommandException.usage(PlannedText.option(planned) + ": the machine has no vCPU " + index
                        + ", it has "
                        + (machine.cpus().count() == 1
                                ? "vCPU 0 alone"
                                : "0 to " + (machine.cpus().count() - 1))
                        + "; --cpus " + (index + 1) + " gives it more");
            }
        }
    }

    /// Reports output that the guest did not print, and what it printed instead.
    private void tellScript(RunReport report, String end, PrintWriter err) {
        Choices.Unmet unmet = report.unused().unmet();
        if (unmet == null) {
            return;
        }
        boolean late = report.outcome().equals(new RunOutcome.LimitReached(RunOutcome.Limit.SCRIPT));
        String wanted = "\"" + Visible.line(text(unmet.step().text())) + "\"";
        err.println("trapline: " + script() + ":" + unmet.step().line() + ": the guest did not print " + wanted
                + (late ? " within " + seconds(unmet.step().limit()) + " s of virtual time" : "")
                + String.format(Locale.ROOT, ", from %.9f s on", Figures.seconds(unmet.since()))
                + (late ? "" : ": " + end));
        List<String> lines = text(unmet.last()).replace("\r", "").lines().toList();
        err.println(lines.isEmpty() ? "It had printed nothing." : "The last lines of its console:");
        lines.stream().skip(Math.max(0, lines.size() - LINES)).forEach(line -> err.println("  " + Visible.line(line)));
    }

    /// Reports which planned faults happened, and how often.
    private static void tellFaults(List<Choices.FaultCount> faults, String end, PrintWriter err) {
        for (Choices.FaultCount fault : faults) {
            if (fault.fired() == 0) {
                err.println("trapline: " + fault.rule().origin() + ": the fault '"
                        + fault.rule().name() + "' never happened: "
                        + (fault.met() == 0
                                ? nothing(fault.rule().where()) + " before " + end
                                : Figures.count(
                                                fault.met(),
                                                fault.rule().where().one())
                                        + " could have had it, and none was chosen"));
            }
        }
        long fired = faults.stream().mapToLong(Choices.FaultCount::fired).sum();
        if (fired > 0) {
            err.println("trapline: " + Figures.count(fired, "fault") + ": "
                    + faults.stream()
                            .filter(fault -> fault.fired() > 0)
                            .map(fault -> fault.rule().name()
                                    + (fault.fired() == 1 ? " once" : " " + fault.fired() + " times"))
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String nothing(FaultPlace where) {
        return switch (where) {
            case CallPattern _ -> "the guest made no such call";
            case Moments _ -> "there was no such moment";
            case InputPattern _ -> "no such input came";
        };
    }

    private static String seconds(long ticks) {
        return BigDecimal.valueOf(ticks)
                .multiply(BigDecimal.valueOf(MachineSpec.NANOS_PER_TICK, 9))
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    private String script() {
        return config.run().expect() == null
                ? "--input " + config.run().input()
                : "--expect " + config.run().expect();
    }

    /// Reports what had no effect.
    void tell(RunReport report, MachineSpec machine, PrintWriter err) {
        RunReport.Unused unused = report.unused();
        String end = String.format(
                Locale.ROOT,
                "the run ended at %.9f s, in slice %d",
                Figures.seconds(report.progress().virtualTime()),
                report.position().slice());
        for (PlannedInjection planned : unused.injections()) {
            err.println("trapline: " + PlannedText.option(planned) + " never happened: " + end);
        }
        tellFaults(unused.faults(), end, err);
        tellScript(report, end, err);
        if (unused.scriptBytes() > 0) {
            err.println("trapline: " + script() + ": "
                    + (unused.scriptBytes() == 1
                            ? "its last byte was"
                            : "its last " + unused.scriptBytes() + " bytes were")
                    + " never typed: " + end);
        }
        if (seeded
                && machine.schedule().kind() != Schedule.RANDOM
                && config.run().entropy() == TraplineConfig.Entropy.SEED
                && !unused.entropyUsed()
                && unused.faults().stream()
                        .allMatch(fault -> fault.rule().when().probability() >= 1)) {
            err.println("trapline: --seed had no effect: the schedule is not random (--schedule random), the guest "
                    + "requested no entropy, and no fault has a probability");
        }
    }
}
