package dev.trapline.unicorn.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.testkit.HostTools;
import dev.trapline.unicorn.counting.BudgetData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of Trapline's machine code agree with its source.
class MachineCodeTest {

    /// `endbr64`.
    private static final byte[] BRANCH_TARGET = {(byte) 0xf3, 0x0f, 0x1e, (byte) 0xfa};

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"stores", "budgets", "filter"})
    void theBytesAreWhatTheAssemblerMakesOfTheSource(String name) throws IOException, InterruptedException {
        assumeTrue(canAssemble(), "needs 'as' and 'objcopy' of GNU binutils for x86-64");
        Files.write(directory.resolve("source.s"), resource(name + ".s"));
        HostTools.execute(directory, "as", "--64", "-o", "object.o", "source.s");
        HostTools.execute(directory, "objcopy", "-O", "binary", "-j", ".text", "object.o", "code.bin");
        byte[] assembled = Files.readAllBytes(directory.resolve("code.bin"));
        byte[] kept = HexFormat.of()
                .parseHex(new String(resource(name + ".hex"), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        assertThat(kept.length).as("the code fits a page").isLessThan((int) NativePages.PAGE);
        assertThat(Arrays.copyOf(assembled, kept.length)).isEqualTo(kept);
        for (int at = kept.length; at < assembled.length; at++) {
            assertThat(assembled[at]).as("room for data at " + at).isZero();
        }
    }

    /// A processor that checks indirect branches only continues at such an instruction; for other processors it is
    /// a NOP.
    @Test
    void whatIsCalledThroughAPointerBeginsWithABranchTarget() {
        Host host = new Host("Linux", "amd64");
        byte[] budgets = MachineCode.bytes("budgets", host);
        for (int entry : new int[] {0, BudgetData.READ_CODE, BudgetData.WRITE_CODE, BudgetData.OVER_CODE}) {
            assertThat(Arrays.copyOfRange(budgets, entry, entry + BRANCH_TARGET.length))
                    .as("budgets at " + entry)
                    .isEqualTo(BRANCH_TARGET);
        }
        for (String name : new String[] {"stores", "filter"}) {
            assertThat(Arrays.copyOf(MachineCode.bytes(name, host), BRANCH_TARGET.length))
                    .as(name)
                    .isEqualTo(BRANCH_TARGET);
        }
    }

    private static boolean canAssemble() {
        return Host.current().machineCode().equals("x86_64") && HostTools.present("as", "objcopy");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MachineCode.class.getResourceAsStream("x86_64/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }
}
