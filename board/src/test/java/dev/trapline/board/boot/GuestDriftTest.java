package dev.trapline.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.testkit.Guests;
import dev.trapline.testkit.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The guests in the repository are the ones that their sources build, and each can be started.
class GuestDriftTest {

    private static final List<String> COMPILERS = List.of("aarch64-linux-gnu-gcc", "arm-linux-gnueabihf-gcc");

    @Test
    void theGuestsAreWhatTheirSourcesMake(@TempDir Path directory) throws IOException, InterruptedException {
        HostTools.assumePresent("make", "whether the checked-in guests have drifted from their sources is not known");
        for (String compiler : COMPILERS) {
            HostTools.assumePresent(
                    compiler, "whether the checked-in guests have drifted from their sources is not known");
            String release = HostTools.run(directory, compiler, "-dumpfullversion")
                    .output()
                    .strip();
            // Other releases of the compiler generate other code from the same source.
            HostTools.skipUnless(
                    release.startsWith("12.2."), "the guests are built by GCC 12.2, and this is GCC " + release);
        }
        Path built = Files.createDirectory(directory.resolve("built"));

        HostTools.Result result = HostTools.run(
                directory, "make", "-s", "-C", Guests.DIRECTORY.toString(), "OUT=" + built.toAbsolutePath());

        assertThat(result.status()).as("make said: %s", result.errors()).isZero();
        compare(built, Guests.DIRECTORY);
        compare(built.resolve("corners"), Guests.DIRECTORY.resolve("corners"));
    }

    private static void compare(Path built, Path checkedIn) throws IOException {
        assertThat(Guests.names(built))
                .as("the guests checked in are those that the Makefile makes")
                .isEqualTo(Guests.names(checkedIn));
        for (String name : Guests.names(built)) {
            assertThat(Bytes.copyOf(Files.readAllBytes(built.resolve(name))).sha256())
                    .as("%s differs from what its source makes: run 'make -C guests' and commit the result", name)
                    .isEqualTo(Bytes.copyOf(Files.readAllBytes(checkedIn.resolve(name)))
                            .sha256());
        }
    }

    static List<String> guests() throws IOException {
        return Guests.names(Guests.DIRECTORY);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void everyGuestStartsAtItsFirstFunctionOnTheSmallestMachine(String name) throws IOException {
        List<Image> images = List.of(Guests.image(name));

        BootPlan plan = BootPlan.of(
                images,
                Specs.machine(64, 1, true, Guests.width(name)),
                Specs.content(Specs.machine(64, 1, true, Guests.width(name))));

        assertThat(plan.deviceTree())
                .as("room for the device tree at the start of RAM")
                .isEqualTo(0x4000_0000L);
        assertThat(plan.entry() & 1).as("bit 0 says T32").isEqualTo(name.endsWith("-t32.elf") ? 1 : 0);
        assertThat(Symbols.of(images).describe(plan.entry() & ~1L)).isEqualTo("0x40080000 <_start>");
    }
}
