package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.board.cpu.SystemRegister;
import dev.trapline.testkit.Assembler;
import dev.trapline.unicorn.ffi.RegisterBatch;
import dev.trapline.unicorn.ffi.Unicorn;
import dev.trapline.unicorn.ffi.UnicornConstants;
import dev.trapline.unicorn.ffi.UnicornError;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares each number with the library's behaviour: guest code puts a value into a register, and the number must find
/// it.
public class UnicornConstantsTest {

    private static final long CODE = 0x1_0000;
    private static final long READ_ONLY = 0x2_0000;

    public static List<UnicornLibrary> libraries() {
        return List.of(Snippet.engines().unicorn(), Snippet.bundledEngines().unicorn());
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void registerNumbersNameTheRegistersThatTheGuestWrote(UnicornLibrary library) {
        StringBuilder source =
                new StringBuilder("mov x0, #0x300000; msr cpacr_el1, x0; isb; mov x0, #0x1000; mov sp, x0;");
        source.append("mov x0, #0x400000; msr fpcr, x0; mov x0, #1; msr fpsr, x0;");
        for (int n = 0; n < 32; n++) {
            source.append("mov w0, #")
                    .append(100 + n)
                    .append("; dup v")
                    .append(n)
                    .append(".4s, w0;");
        }
        for (int n = 0; n <= 30; n++) {
            source.append("mov x").append(n).append(", #").append(n + 1).append(';');
        }
        source.append("cmp xzr, xzr; svc #0");
        run(library, source.toString(), unicorn -> {
            for (int n = 0; n <= 30; n++) {
                assertThat(read(unicorn, UnicornConstants.x(n), 0)).as("x" + n).isEqualTo(n + 1L);
            }
            for (int n = 0; n < 32; n++) {
                long lane = 100L + n;
                int vector = UnicornConstants.UC_ARM64_REG_V0 + n;
                assertThat(read(unicorn, vector, 0)).as("v" + n).isEqualTo((lane << 32) | lane);
                assertThat(read(unicorn, vector, 1)).as("upper half of v" + n).isEqualTo((lane << 32) | lane);
            }
            assertThat(read(unicorn, UnicornConstants.UC_ARM64_REG_SP, 0)).isEqualTo(0x1000);
            assertThat(read(unicorn, UnicornConstants.UC_ARM64_REG_FPCR, 0)).isEqualTo(0x40_0000);
            assertThat(read(unicorn, UnicornConstants.UC_ARM64_REG_FPSR, 0)).isEqualTo(1);
            assertThat(read(unicorn, UnicornConstants.UC_ARM64_REG_PSTATE, 0))
                    .as("Z and C, DAIF, EL1h")
                    .isEqualTo(0x6000_03c5L);
        });
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void modelNumbersAreTheModels(UnicornLibrary library) {
        Map<Integer, Long> midr = new TreeMap<>(Map.of(
                UnicornConstants.UC_CPU_ARM64_A57, 0x411f_d070L,
                UnicornConstants.UC_CPU_ARM64_A53, 0x410f_d034L,
                UnicornConstants.UC_CPU_ARM64_A72, 0x410f_d083L));
        midr.forEach((model, expected) -> {
            try (Unicorn unicorn = Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, model)) {
                assertThat(unicorn.readSystem(SystemRegister.VPIDR_EL2))
                        .as("model " + model)
                        .isEqualTo(expected);
            }
        });
        Map<Integer, Long> narrow = new TreeMap<>(
                Map.of(UnicornConstants.UC_CPU_ARM_CORTEX_A7, 0xc07L, UnicornConstants.UC_CPU_ARM_CORTEX_A15, 0xc0fL));
        narrow.forEach((model, part) -> {
            try (Unicorn unicorn = Unicorn.open(library, UnicornConstants.UC_ARCH_ARM, model)) {
                long value = unicorn.readCoprocessor(0, 4, 0, 0);
                assertThat((value >> 4) & 0xfff)
                        .as("part number of model " + model)
                        .isEqualTo(part);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void anUnknownModelIsRefusedByName(UnicornLibrary library) {
        assertThatThrownBy(() -> Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, 99))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("CPU model 99")
                .hasMessageContaining("invalid argument");
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void errorsAndKindsOfAccessAreTheNumbersOfTheirCauses(UnicornLibrary library) {
        List<String> seen = new ArrayList<>();
        Map<String, String> causes = new TreeMap<>(Map.of(
                "mov x1, #0x30000; ldr x0, [x1]", "19 6",
                "mov x1, #0x30000; str x0, [x1]", "20 7",
                "mov x1, #0x30000; br x1", "21 8",
                "mov x1, #0x20000; str x0, [x1]", "22 12"));
        causes.forEach((source, expected) -> {
            seen.clear();
            try (Arena arena = Arena.ofConfined();
                    Unicorn unicorn = open(library, arena, source)) {
                unicorn.hookExceptions(new NoHooks() {
                    @Override
                    public boolean invalidAccess(int access, long address) {
                        seen.add(Integer.toString(access));
                        return false;
                    }
                });
                int code = unicorn.start(CODE, 10);
                assertThat(seen.getFirst() + " " + code).as(source).isEqualTo(expected);
            }
        });
    }

    @Test
    void errorsAreDescribedInWordsWithTheirNumber() {
        assertThat(UnicornError.describe(6)).isEqualTo("read of unmapped memory (Unicorn error 6)");
        assertThat(UnicornError.describe(999)).isEqualTo("unknown error (Unicorn error 999)");
        UnicornError.check(0, "nothing");
    }

    private static void run(UnicornLibrary library, String source, Consumer<Unicorn> check) {
        try (Arena arena = Arena.ofConfined();
                Unicorn unicorn = open(library, arena, source)) {
            unicorn.hookExceptions(new NoHooks() {
                @Override
                public void interrupt(int number) {
                    assertThat(number).isEqualTo(UnicornConstants.EXCP_SWI);
                    unicorn.stop();
                }
            });
            assertThat(unicorn.start(CODE, 1000)).isEqualTo(UnicornConstants.UC_ERR_OK);
            check.accept(unicorn);
        }
    }

    private static Unicorn open(UnicornLibrary library, Arena arena, String source) {
        Unicorn unicorn = Unicorn.open(library, UnicornConstants.UC_ARCH_ARM64, UnicornConstants.UC_CPU_ARM64_A57);
        MemorySegment code = arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE);
        byte[] assembled = Assembler.a64(source);
        MemorySegment.copy(assembled, 0, code, ValueLayout.JAVA_BYTE, 0, assembled.length);
        int readExecute = UnicornConstants.UC_PROT_READ | UnicornConstants.UC_PROT_EXEC;
        unicorn.mapMemory(CODE, code, readExecute | UnicornConstants.UC_PROT_WRITE);
        unicorn.mapMemory(READ_ONLY, arena.allocate(MemoryMap.PAGE, MemoryMap.PAGE), readExecute);
        return unicorn;
    }

    private static long read(Unicorn unicorn, int register, int word) {
        RegisterBatch batch = unicorn.registers(new int[] {register}, new int[] {0}, 1, 2);
        batch.read();
        return batch.get(0, word);
    }
}
