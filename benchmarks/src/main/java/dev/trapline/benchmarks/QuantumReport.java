package dev.trapline.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.machine.RunReport;
import dev.trapline.testkit.Assembler;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Measures the effect of a round's length on speed and on hand-overs, for 1 to 64 vCPUs: the table of "The quantum" in
/// `docs/performance.md`.
///
/// Speed is in millions of instructions per second of this process's CPU time, so that other work on the host matters
/// little. The time of a hand-over is virtual time, and is the same in every run.
public final class QuantumReport {

    private static final int[] VCPUS = {1, 4, 16, 64};
    private static final long[] QUANTA = {100, 1_000, 5_000, 20_000, 100_000, 500_000};

    /// The number of slices in a run, so large that the first ones matter little.
    private static final long SLICES = 40_000;
    private static final long FEWEST_INSTRUCTIONS = 4_000_000;
    private static final long MOST_INSTRUCTIONS = 2_000_000_000;
    private static final int HAND_OVERS = 128;

    /// All vCPUs load, add and store, each in its own memory, for ever.
    private static final String BUSY = """
            movz x9, #0x4100, lsl #16
            add  x9, x9, x19, lsl #12
        loop:
            ldr  x1, [x9]
            add  x1, x1, #1
            eor  x2, x2, x1
            ror  x2, x2, #7
            str  x1, [x9]
            add  x3, x3, x2
            b    loop
        """;

    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final PrintStream out;
    private final Machines machines;
    private final Rounds rounds;

    private QuantumReport(PrintStream out, Machines machines, Rounds rounds) {
        this.out = out;
        this.machines = machines;
        this.rounds = rounds;
    }

    /// Measures and prints. With `--quick`, one cold round of each.
    public static void main(String[] arguments) {
        boolean quick = arguments.length > 0 && arguments[0].equals("--quick");
        try (Machines machines = new Machines()) {
            new QuantumReport(System.out, machines, quick ? new Rounds(0, 1) : new Rounds(1, 3)).run();
        }
    }

    private void run() {
        out.println("| quantum in ticks | " + columns("MIPS of %d") + " | " + columns("hand-over among %d") + " |");
        out.println("|---|" + "---|".repeat(2 * VCPUS.length - 1));
        for (long quantum : QUANTA) {
            List<String> row = new ArrayList<>();
            for (int vcpus : VCPUS) {
                row.add(String.format(Locale.ROOT, "%.0f", speed(vcpus, quantum)));
            }
            for (int vcpus : VCPUS) {
                if (vcpus > 1) {
                    row.add(Long.toString(handOver(vcpus, quantum)));
                }
            }
            out.printf(Locale.ROOT, "| %d | %s |%n", quantum, String.join(" | ", row));
        }
    }

    private static String columns(String heading) {
        return IntStream.of(VCPUS)
                .filter(vcpus -> vcpus > 1 || heading.startsWith("MIPS"))
                .mapToObj(vcpus -> String.format(Locale.ROOT, heading, vcpus))
                .collect(Collectors.joining(" | "));
    }

    private double speed(int vcpus, long quantum) {
        long instructions = Math.clamp(quantum * SLICES, FEWEST_INSTRUCTIONS, MOST_INSTRUCTIONS);
        MachineSpec spec = spec(vcpus, quantum).with(RunSpec.DEFAULT.withMaxInstructions(instructions));
        Image image = guest("busy", vcpus, BUSY);
        Rounds.Times times = rounds.of(() -> {
                    long before = process.getProcessCpuTime();
                    machines.run(image, spec);
                    return (process.getProcessCpuTime() - before) / 1e9;
                })
                .getFirst();
        return instructions / times.median() / 1e6;
    }

    private long handOver(int vcpus, long quantum) {
        RunReport report = machines.run(guest("relay", vcpus, relay(vcpus)), spec(vcpus, quantum));
        return report.progress().virtualTime() / HAND_OVERS;
    }

    /// A token goes round, from the last vCPU to the first. Each vCPU spins until it has the token, and hands it to
    /// the vCPU whose turn was before its own. That is the slowest order.
    private static String relay(int vcpus) {
        return """
                movz x9, #0x4100, lsl #16
            loop:
                ldr  x1, [x9]
                cmp  x1, #%1$d
                b.hs end
                and  x2, x1, #%2$d
                eor  x2, x2, #%2$d
                cmp  x2, x19
                b.ne loop
                add  x1, x1, #1
                str  x1, [x9]
                b    loop
            end:
                cbnz x19, end
                movz x0, #0x8400, lsl #16
                movk x0, #8                 // PSCI SYSTEM_OFF
                hvc  #0
            """.formatted(HAND_OVERS, vcpus - 1);
    }

    private static MachineSpec spec(int vcpus, long quantum) {
        return MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(vcpus))
                .with(ScheduleSpec.DEFAULT.withQuantum(quantum));
    }

    /// A guest that turns all vCPUs on. Then all execute the same code, each with its number in x19.
    private static Image guest(String name, int vcpus, String code) {
        String start = IntStream.range(1, vcpus)
                .mapToObj(vcpu -> """
                        movz x0, #0xc400, lsl #16
                        movk x0, #3             // PSCI CPU_ON
                        movz x1, #%d
                        adr  x2, begin
                        movz x3, #%d
                        hvc  #0
                    """.formatted(
                                Mpidr.of(new VcpuId(vcpu), CpuSpec.DEFAULT.clusterSize())
                                        .affinity(),
                                vcpu))
                .collect(Collectors.joining());
        return Assembler.image(name, ExecutionState.A64, start + "movz x0, #0\nbegin:\nmov x19, x0\n" + code);
    }
}
