package dev.trapline.launcher.run;

import dev.trapline.abi.Figures;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.config.PlannedText;
import dev.trapline.config.TraplineConfig;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.machine.RunReport;
import java.io.PrintWriter;
import java.util.Locale;

/// Compares a run with what the user asked for. Only after the run is it known which requests had no effect.
///
/// @param seeded whether the user gave a seed
record Afterwards(TraplineConfig config, boolean seeded) {

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
        if (unused.scriptBytes() > 0) {
            err.println("trapline: --input " + config.run().input() + ": "
                    + (unused.scriptBytes() == 1
                            ? "its last byte was"
                            : "its last " + unused.scriptBytes() + " bytes were")
                    + " never typed: " + end);
        }
        if (seeded
                && machine.schedule().kind() != Schedule.RANDOM
                && config.run().entropy() == TraplineConfig.Entropy.SEED
                && !unused.entropyUsed()) {
            err.println("trapline: --seed had no effect: the schedule is not random (--schedule random), and "
                    + "the guest requested no entropy");
        }
    }
}
