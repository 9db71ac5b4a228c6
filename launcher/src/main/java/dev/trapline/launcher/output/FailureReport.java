package dev.trapline.launcher.output;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.GuestFault;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunOutcome.GuestFailed;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.boot.Symbols;
import dev.trapline.board.boot.TreeContent;
import dev.trapline.machine.RunReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/// The report of a guest's failure, for the person who debugs the guest.
final class FailureReport {

    private static final int REGISTERS_IN_A_ROW = 4;
    private static final int LINK_REGISTER = 30;
    private static final int INSTRUCTION_BYTES = 4;

    private final MachineSpec spec;
    private final List<Image> images;
    private final Symbols symbols;

    FailureReport(MachineSpec spec, List<Image> images) {
        this.spec = spec;
        this.images = List.copyOf(images);
        this.symbols = Symbols.of(images);
    }

    /// Prints it.
    void print(GuestFailed failure, RunReport report, PrintWriter err) {
        GuestFault fault = failure.fault();
        GeneralRegisters registers = failure.registers();
        long pc = registers.pc();
        err.println("The guest failed: " + fault.kind().description() + " on " + failure.vcpu() + ", at "
                + report.position() + ".");
        err.println();
        err.println("  PC           " + symbols.describe(pc));
        err.println("  instruction  " + instruction(culprit(fault, pc)));
        if (fault.kind().hasAddress()) {
            err.println(
                    "  address      " + symbols.describe(fault.address()) + (isUnmapped(fault) ? " (physical)" : ""));
        }
        if (fault.detail() != 0) {
            err.println("  syndrome     0x" + Long.toHexString(fault.detail()) + " (as in ESR_EL1)");
        }
        err.println("  called from  " + symbols.describe(registers.x(LINK_REGISTER)) + " (x30)");
        err.println();
        printRegisters(registers, err);
        err.println();
        printCalls(report.lastHypercalls(), err);
        err.println();
        if (isUnmapped(fault)) {
            err.println("Neither memory nor a device is at that physical address: this is an external abort.");
        }
        err.println(
                switch (spec.board().kind()) {
                    case BARE ->
                        "Guests on the board bare take no exceptions: each ends the run. On the board virt "
                                + "(--board virt), they take them at their vectors.";
                    case VIRT ->
                        "The guest could not take the exception: no code can be fetched at its vector (" + vectorBase()
                                + ").";
                });
    }

    private String vectorBase() {
        return switch (spec.cpus().width()) {
            case AARCH64 -> "VBAR_EL1";
            case AARCH32 -> "VBAR";
        };
    }

    private static boolean isUnmapped(GuestFault fault) {
        return switch (fault.kind()) {
            case UNMAPPED_READ, UNMAPPED_WRITE, UNMAPPED_FETCH -> true;
            case UNDEFINED_INSTRUCTION,
                    SUPERVISOR_CALL,
                    BREAKPOINT,
                    PREFETCH_ABORT,
                    DATA_ABORT,
                    OTHER_EXCEPTION,
                    TIME_IN_IT_BLOCK -> false;
        };
    }

    // After a supervisor call, PC points to the next instruction.
    private static long culprit(GuestFault fault, long pc) {
        return fault.kind() == GuestFault.Kind.SUPERVISOR_CALL ? pc - INSTRUCTION_BYTES : pc;
    }

    private String instruction(long pc) {
        for (BootPlan.MemoryWrite write :
                BootPlan.of(images, spec, TreeContent.NONE).writes()) {
            long offset = pc - write.address();
            if (offset >= 0 && offset + 4 <= write.bytes().size()) {
                byte[] word = new byte[4];
                write.bytes().copyTo((int) offset, word, 0, 4);
                return hex(word) + "  " + Disassembler.describe(Bytes.copyOf(word), pc) + "  (as in the image)";
            }
        }
        return "PC is outside every image";
    }

    // An instruction is a little-endian word.
    private static String hex(byte[] word) {
        return String.format(
                Locale.ROOT, "%02x%02x%02x%02x", word[3] & 0xff, word[2] & 0xff, word[1] & 0xff, word[0] & 0xff);
    }

    private static void printRegisters(GeneralRegisters registers, PrintWriter err) {
        StringBuilder row = new StringBuilder();
        for (int n = 0; n < GeneralRegisters.COUNT; n++) {
            row.append(String.format(Locale.ROOT, "  %-6s %016x", GeneralRegisters.nameOf(n), registers.get(n)));
            if (n % REGISTERS_IN_A_ROW == REGISTERS_IN_A_ROW - 1 || n == GeneralRegisters.COUNT - 1) {
                err.println(row);
                row.setLength(0);
            }
        }
    }

    private static void printCalls(List<String> calls, PrintWriter err) {
        if (calls.isEmpty()) {
            err.println("It had made no hypercall.");
            return;
        }
        err.println("Its last hypercalls, oldest first:");
        calls.forEach(call -> err.println("  " + call));
    }
}
