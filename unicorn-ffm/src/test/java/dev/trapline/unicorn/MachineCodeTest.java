package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes of our machine code are what its source says.
class MachineCodeTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"stores", "budgets"})
    void theBytesAreWhatTheAssemblerMakesOfTheSource(String name) throws IOException, InterruptedException {
        assumeTrue(canAssemble(), "needs 'as' and 'objcopy' of GNU binutils for x86-64");
        Files.write(directory.resolve("source.s"), resource(name + ".s"));
        execute("as", "--64", "-o", "object.o", "source.s");
        execute("objcopy", "-O", "binary", "-j", ".text", "object.o", "code.bin");
        byte[] assembled = Files.readAllBytes(directory.resolve("code.bin"));
        byte[] kept = HexFormat.of()
                .parseHex(new String(resource(name + ".hex"), StandardCharsets.US_ASCII).replaceAll("\\s", ""));
        assertThat(kept.length).as("the code fits a page").isLessThan((int) NativePages.PAGE);
        assertThat(Arrays.copyOf(assembled, kept.length)).isEqualTo(kept);
        for (int at = kept.length; at < assembled.length; at++) {
            assertThat(assembled[at]).as("room for data at " + at).isZero();
        }
    }

    private static boolean canAssemble() {
        return System.getProperty("os.arch").equals("amd64")
                && List.of("as", "objcopy").stream()
                        .allMatch(tool -> Arrays.stream(System.getenv("PATH").split(":", -1))
                                .anyMatch(place -> Files.isExecutable(Path.of(place, tool))));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = MachineCode.class.getResourceAsStream("x86_64/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private void execute(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + ": " + printed)
                .isZero();
    }
}
