package dev.trapline.benchmarks;

import dev.trapline.abi.engine.MmioDevice;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.board.boot.BootPlan;
import dev.trapline.board.boot.TreeContent;
import dev.trapline.unicorn.ffi.Hooks;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A guest that the binding alone runs: the reference for all other measurements. It stops at a hypercall, reads the 34
/// registers of a digest, writes x0, and continues. No actor, no registry, no digest, no history.
final class BareGuest implements Hooks, AutoCloseable {

    /// No limit on instructions.
    static final long UNLIMITED = 0;

    private static final int SCR_EL3 = encoding(3, 6, 1, 1, 0);
    private static final int HCR_EL2 = encoding(3, 4, 1, 1, 0);
    private static final long SCR_NS_HCE_RW = 0x501;
    private static final long HCR_RW = 1L << 31;

    private static final int SYSTEM_OFF = 0x8400_0008;
    private static final long PSCI_VERSION_1_1 = 0x1_0001;
    private static final int NONE = -1;

    private final Arena arena = Arena.ofShared();
    private final Unicorn engine;
    private final RegisterBatch registers;
    private final long[] values = new long[GeneralRegisters.COUNT];
    private final long entry;
    private int interrupt = NONE;

    BareGuest(Guest guest) {
        MachineSpec spec = Machines.spec();
        BootPlan plan = BootPlan.of(List.of(guest.image()), spec, TreeContent.NONE);
        MemorySegment ram = arena.allocate(spec.board().ramBytes(), 1 << 16);
        for (BootPlan.MemoryWrite write : plan.writes()) {
            byte[] bytes = write.bytes().toArray();
            MemorySegment.copy(
                    MemorySegment.ofArray(bytes), 0, ram, write.address() - BoardSpec.RAM_BASE, bytes.length);
        }
        entry = plan.entry();
        engine = Unicorn.open(
                UnicornLibrary.load(LibrarySearch.standard(null)),
                UnicornConstants.UC_ARCH_ARM64,
                UnicornConstants.UC_CPU_ARM64_A57);
        engine.mapMemory(
                BoardSpec.RAM_BASE,
                ram,
                UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE | UnicornConstants.UC_PROT_EXEC);
        engine.mapDevice(BoardSpec.UART_BASE, 4096, new SilentUart());
        engine.hookExceptions(this);
        engine.writeSystem(SCR_EL3, SCR_NS_HCE_RW);
        engine.writeSystem(HCR_EL2, HCR_RW);
        registers = engine.registers(ids());
    }

    private static int[] ids() {
        int[] ids = new int[GeneralRegisters.COUNT];
        for (int n = 0; n <= 30; n++) {
            ids[n] = UnicornConstants.x(n);
        }
        ids[GeneralRegisters.SP] = UnicornConstants.UC_ARM64_REG_SP;
        ids[GeneralRegisters.PC] = UnicornConstants.UC_ARM64_REG_PC;
        ids[GeneralRegisters.PSTATE] = UnicornConstants.UC_ARM64_REG_PSTATE;
        return ids;
    }

    private static int encoding(int op0, int op1, int crn, int crm, int op2) {
        return (op0 << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
    }

    /// Runs the guest from its entry to SYSTEM_OFF.
    ///
    /// @param budget instructions between two stops, or [#UNLIMITED]; it must be the same for each call
    /// @return the number of hypercalls
    int run(long budget) {
        long pc = entry;
        for (int calls = 0; ; ) {
            interrupt = NONE;
            int code = engine.start(pc, budget);
            if (code != UnicornConstants.UC_ERR_OK) {
                throw new IllegalStateException("the guest stopped with error " + code + " at 0x"
                        + Long.toHexString(values[GeneralRegisters.PC]));
            }
            registers.read();
            registers.copyTo(values, GeneralRegisters.COUNT);
            pc = values[GeneralRegisters.PC];
            if (interrupt != NONE) {
                if ((int) values[0] == SYSTEM_OFF) {
                    return calls;
                }
                calls++;
                registers.set(0, 0, PSCI_VERSION_1_1);
                registers.write(1);
            }
        }
    }

    @Override
    public void interrupt(int number) {
        interrupt = number;
        engine.stop();
    }

    @Override
    public boolean invalidAccess(int access, long address) {
        throw new IllegalStateException("the guest reached 0x" + Long.toHexString(address));
    }

    @Override
    public void nobodyAnswers(long address, boolean write) {
        throw new IllegalStateException("the guest reached 0x" + Long.toHexString(address));
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }

    /// Accepts every byte at once and keeps none.
    private static final class SilentUart implements MmioDevice {
        private static final long FLAGS = 0x18;
        private static final long TRANSMIT_EMPTY_RECEIVE_EMPTY = 0x90;

        @Override
        public long read(long offset, int size) {
            return offset == FLAGS ? TRANSMIT_EMPTY_RECEIVE_EMPTY : 0;
        }

        @Override
        public void write(long offset, int size, long value) {
            // Nothing reads the output.
        }
    }
}
