package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.CpuModel;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.RegisterWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DigestTest {

    private static final String WORK =
            "mov x1, #0x300000; msr cpacr_el1, x1; isb; mov x0, #3; scvtf d0, x0; fadd d1, d0, d0;"
                    + "dup v2.4s, w0; msr tpidr_el1, x0; hvc #0;";

    @Test
    void equalRunsOnFreshEnginesHaveEqualDigests() {
        try (Snippet one = Snippet.a64(WORK);
                Snippet other = Snippet.a64(WORK)) {
            assertThat(one.engine().fullDigest()).isEqualTo(other.engine().fullDigest());
            one.run();
            other.run();
            assertThat(one.engine().fullDigest()).isEqualTo(other.engine().fullDigest());
        }
    }

    @Test
    void everyKindOfStateCounts() {
        List<String> changes = List.of(
                "mov x30, #1",
                "mov sp, x1",
                "cmp x1, x1",
                "fmov d31, x1",
                "fmov v30.d[1], x1",
                "msr fpcr, x1",
                "msr fpsr, x1",
                "msr tpidr_el0, x1",
                "msr tpidrro_el0, x1",
                "msr tpidr_el1, x1",
                "msr sp_el0, x1",
                "msr vbar_el1, x1",
                "msr ttbr0_el1, x1",
                "msr ttbr1_el1, x1",
                "msr tcr_el1, x1",
                "msr mair_el1, x1",
                "msr contextidr_el1, x1",
                "msr esr_el1, x1",
                "msr far_el1, x1",
                "msr elr_el1, x1",
                "msr spsr_el1, x1",
                "msr cntkctl_el1, x1",
                "msr cntv_ctl_el0, x1",
                "msr cntp_cval_el0, x1",
                "msr pmccntr_el0, x1",
                "msr pmuserenr_el0, x1",
                "msr csselr_el1, x1");
        List<Long> digests = new ArrayList<>();
        Stream.concat(Stream.of("nop"), changes.stream()).forEach(change -> {
            try (Snippet guest = Snippet.a64(
                    "mov x0, #0x300000; msr cpacr_el1, x0; isb; movz x1, #0x300, lsl #16; movk x1, #1; mov x0, #0;"
                            + change + "; hvc #0")) {
                HypercallExitTest.hypercall(guest.run());
                digests.add(guest.engine().fullDigest());
            }
        });
        assertThat(digests)
                .as("each of " + changes + " changes the digest, and differently")
                .doesNotHaveDuplicates();
    }

    @Test
    void aHostWriteCountsBeforeTheNextSlice() {
        try (Snippet guest = Snippet.a64("nop")) {
            long before = guest.engine().fullDigest();
            guest.engine().writeRegisters(RegisterWrites.x0(1));
            long after = guest.engine().fullDigest();
            assertThat(after).isNotEqualTo(before);
            guest.engine().writePc(Snippet.BASE + 4);
            assertThat(guest.engine().fullDigest()).isNotEqualTo(after);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGuestThatReadsEverySystemRegisterReadsTheSameTwice(CpuModel model) {
        assertThat(SystemRegisterDump.of(Snippet.engines(), model))
                .isEqualTo(SystemRegisterDump.of(Snippet.engines(), model));
    }

    @ParameterizedTest
    @EnumSource
    void bothBuildsOfTheLibraryReadTheSame(CpuModel model) {
        assertThat(SystemRegisterDump.of(Snippet.bundledEngines(), model))
                .as("the system's library, if there is one, compared with the copy in the Maven artefact")
                .isEqualTo(SystemRegisterDump.of(Snippet.engines(), model));
    }

    @Test
    void anotherProcessReadsTheSame() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SystemRegisterDump.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(printed.strip()).isEqualTo(summary(Snippet.engines()));
    }

    static String summary(EngineFactory engines) {
        List<String> dump = SystemRegisterDump.of(engines, CpuModel.CORTEX_A57);
        return dump.size() + " registers, " + dump.hashCode();
    }
}
