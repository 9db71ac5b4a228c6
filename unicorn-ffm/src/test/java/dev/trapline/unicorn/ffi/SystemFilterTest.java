package dev.trapline.unicorn.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The filter before the hooks on MRS, MSR and SYS (`filter.s`).
@Tag("native")
class SystemFilterTest {

    private static final long BASE = 0x1_0000;
    private static final int TPIDR_EL1 = SystemRegister.of(3, 0, 13, 0, 4);
    private static final int CNTVCT_EL0 = SystemRegister.of(3, 3, 14, 0, 2);
    private static final int OSLAR_EL1 = SystemRegister.of(2, 0, 1, 0, 4);
    private static final int DC_ZVA = SystemRegister.of(1, 3, 7, 4, 1);
    private static final int TLBI_VMALLE1IS = SystemRegister.of(1, 0, 8, 3, 0);

    private static final int[] CODE = {
        0xd538_d081, // mrs x1, tpidr_el1
        0xd518_d081, // msr tpidr_el1, x1
        0xd53b_e042, // mrs x2, cntvct_el0
        0xd510_1080, // msr oslar_el1, x0
        0xd50b_7420, // dc zva, x0
        0xd508_831f, // tlbi vmalle1is
        0xd503_201f, // nop
    };

    /// Records what it is called for, and performs nothing.
    private static final class Recorder implements Hooks {

        private final List<Integer> concerned;
        private final List<String> seen = new ArrayList<>();

        Recorder(Integer... concerned) {
            this.concerned = List.of(concerned);
        }

        @Override
        public boolean concerns(int encoding) {
            return concerned.contains(encoding);
        }

        @Override
        public boolean readSystem(int register, int target) {
            seen.add("read " + SystemRegister.name(register) + " into " + target);
            return false;
        }

        @Override
        public boolean writeSystem(int register, long value) {
            seen.add("write " + SystemRegister.name(register) + " 0x" + Long.toHexString(value));
            return false;
        }

        @Override
        public void systemInstruction(int operation, long argument) {
            seen.add("sys " + SystemRegister.name(operation) + " 0x" + Long.toHexString(argument));
        }

        @Override
        public void interrupt(int number) {
            throw new AssertionError("exception " + number);
        }

        @Override
        public boolean invalidAccess(int access, long address) {
            return false;
        }

        @Override
        public void nobodyAnswers(long address, boolean write) {
            throw new AssertionError("nobody answers 0x" + Long.toHexString(address));
        }
    }

    /// What the hooks see when the code is executed for the third time: the filter knows then what concerns them.
    private static List<String> seen(Recorder hooks) {
        UnicornLibrary library = UnicornLibrary.load(LibrarySearch.standard(null));
        try (Arena arena = Arena.ofConfined();
                Unicorn engine =
                        Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57)) {
            // SAFETY: the engine is closed before the arena is.
            MemorySegment page = arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
            MemorySegment.copy(CODE, 0, page, JAVA_INT, 0, CODE.length);
            int all = UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_WRITE | UnicornConstants.UC_PROT_EXEC;
            engine.mapMemory(BASE, page, all);
            RegisterBatch x0 = engine.registers(UnicornConstants.x(0));
            x0.set(0, 0, BASE + 0x800);
            x0.write(1);
            engine.hookSystemInstructions(hooks);
            for (int times = 0; times < 3; times++) {
                hooks.seen.clear();
                assertThat(engine.start(BASE, CODE.length)).isEqualTo(UnicornConstants.UC_ERR_OK);
            }
        }
        return hooks.seen;
    }

    @Test
    void theHooksAreCalledForTheRegistersThatConcernThem() {
        assertThat(seen(new Recorder(TPIDR_EL1, CNTVCT_EL0, OSLAR_EL1, DC_ZVA, TLBI_VMALLE1IS)))
                .containsExactly(
                        "read S3_0_C13_C0_4 into 1",
                        "write S3_0_C13_C0_4 0x0",
                        "read S3_3_C14_C0_2 into 2",
                        "write S2_0_C1_C0_4 0x10800",
                        "sys S1_3_C7_C4_1 0x10800",
                        "sys S1_0_C8_C3_0 0x0");
    }

    @Test
    void theHooksAreNotCalledForOthers() {
        assertThat(seen(new Recorder())).isEmpty();
        assertThat(seen(new Recorder(CNTVCT_EL0))).containsExactly("read S3_3_C14_C0_2 into 2");
        assertThat(seen(new Recorder(OSLAR_EL1))).containsExactly("write S2_0_C1_C0_4 0x10800");
        assertThat(seen(new Recorder(TLBI_VMALLE1IS))).containsExactly("sys S1_0_C8_C3_0 0x0");
    }
}
