package dev.trapline.launcher.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.BoardKind;
import dev.trapline.explore.ChosenTurns;
import dev.trapline.explore.FailureGroup;
import dev.trapline.explore.Finding;
import dev.trapline.explore.TestedMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A written test compiles, whatever the guest and its failure are called.
class TestSourceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static Finding finding(String signature) {
        return new Finding(Finding.Kind.EXIT_STATUS, signature, "the guest failed");
    }

    @ParameterizedTest
    @CsvSource({
        "guests/bugs/hotplug.elf, HotplugExitStatusTest",
        "smp-hello_2.elf, SmpHello2ExitStatusTest",
        "3com, Guest3comExitStatusTest",
        "vmlinux-6.1.20, Vmlinux61ExitStatusTest",
        "ключ.elf, GuestExitStatusTest",
        "class.elf, ClassExitStatusTest",
    })
    void aClassIsNamedAfterTheGuestAndTheFailure(String guest, String name) {
        assertThat(TestName.of(Path.of(guest), finding("status 1"))).isEqualTo(name);
    }

    @Test
    void classesOfFailuresOfOneKindHaveDifferentNames() {
        List<FailureGroup> all = List.of(
                new FailureGroup(1, 1, 1, 9, finding("status 1")), new FailureGroup(1, 2, 2, 9, finding("status 2")));
        // The digits are those of the group's directory.
        assertThat(TestName.of(Path.of("hotplug.elf"), finding("status 1"), all))
                .isEqualTo("HotplugExitStatus36c20fdcTest");
        assertThat(TestName.of(Path.of("hotplug.elf"), finding("status 1"), all.subList(0, 1)))
                .isEqualTo("HotplugExitStatusTest");
    }

    @Test
    void strangeTextsCompile() throws IOException {
        Finding printed = new Finding(Finding.Kind.CONSOLE, "x", "the guest printed \"\\u000a \\uzzzz */ \t ключ\"");
        String source = new TestSource(
                        "StrangeTest",
                        new TestSource.Guest(Path.of("a \"b\" \\u0022 ключ.elf"), false),
                        new TestedMachine(2, BoardKind.VIRT, 64, 5_000_000_000L, 7),
                        ChosenTurns.parse(List.of("first: vcpu1 for 7 ticks"), 2),
                        "a\\plan.conf",
                        printed,
                        Pattern.compile("\"\\\\u\n\t1?"),
                        List.of("\\u000a".repeat(40), "a story"))
                .text();
        assertThat(source)
                .contains("memory = 64,", "maxInstructions = 5_000_000_000L,", "seed = 7,", "@Interleaving(\"first: ")
                .contains("printedNoLine(\"\\\"\\\\\\\\u\\012\\0111?\")");
        Path file = Files.writeString(directory.resolve("StrangeTest.java"), source);
        int errors = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(null, null, null, "-proc:none", "-d", directory.toString(), file.toString());
        assertThat(errors).as(source).isZero();
    }
}
