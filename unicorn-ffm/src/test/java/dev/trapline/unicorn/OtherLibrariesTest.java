package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.trapline.testkit.HostTools;
import dev.trapline.unicorn.counting.Shortcut;
import dev.trapline.unicorn.ffi.BundledLibrary;
import dev.trapline.unicorn.ffi.Host;
import dev.trapline.unicorn.ffi.LibrarySearch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Libraries that claim to be something else: they cause an error that names the file, or a run without shortcuts, and
/// never a crash.
class OtherLibrariesTest {

    private static final String VERSION_2_0_1 = "0x020001ff";

    @TempDir
    private Path directory;

    @BeforeEach
    void onlyWithACompiler() {
        assumeTrue(
                Host.current().system().equals("Linux") && HostTools.present("gcc"),
                "needs Linux and 'gcc', to make libraries that do not work");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nothing is done                        | 0  | 0      | 0     | 0
        every call fails                       | 1  | 0      | 0     | 0
        no answer is an error of the library   | -1 | 0      | 0     | 0
        an instance is no address              | 0  | 0x1234 | 0     | 0
        an instance is empty                   | 0  | block  | 0     | 0
        a context is empty                     | 0  | block  | block | 4096
        a context has no length                | 0  | block  | block | 0
        a context is shorter than its header   | 0  | block  | block | 5
        a context is nowhere                   | 0  | block  | 0     | 4096
        a context is longer than memory        | 0  | block  | block | -1
        a context is longer than its memory  | 0  | block  | block | 0x7fffffff
        """)
    void aLibraryThatDoesNotDoWhatItSaysIsAnErrorThatNamesItsFile(
            String what, String answer, String handle, String context, String size)
            throws IOException, InterruptedException {
        Path library = compile(
                "nonsense.c", "-DANSWER=" + answer, "-DHANDLE=" + handle, "-DCONTEXT=" + context, "-DSIZE=" + size);
        HostTools.Result result = HostTools.java(directory, LibraryTrial.class, library.toString(), library.toString());
        assertThat(result.status()).as("%s: %s", what, result.printed()).isZero();
        assertThat(result.printed())
                .as(what)
                .startsWith("error: " + library + " says that it is Unicorn 2.0.1, but cannot be used: ")
                .endsWith("use an unchanged build of version 2.0.1 or 2.1 (engine.library, --library)\n");
    }

    @Test
    void aLibraryWhoseInstancesLieElsewhereIsRefusedSinceNothingTellsTheTime()
            throws IOException, InterruptedException {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
        Path library = changed(VERSION_2_0_1, true);
        List<String> printed = trial(library);
        assertRefused(printed, "the library does not keep its CPU as version 2.0.1 does");
        assertThat(printed.subList(Shortcut.values().length, printed.size()))
                .as("it is refused when an engine is opened, not later")
                .containsExactly("error: Unicorn 2.0.1, named by configuration: " + library
                        + ", does not tell how many instructions it has executed, which virtual time needs;"
                        + " use an unchanged build of version 2.0.1 or 2.1 (engine.library, --library)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0.0", "2.0.2", "2.1.4", "2.2.0"})
    void anotherVersionRunsWithoutShortcuts(String version) throws IOException, InterruptedException {
        assumeTrue(!Host.current().machineCode().isEmpty(), "there is machine code for Linux on x86-64 only");
        String[] numbers = version.split("\\.", -1);
        List<String> printed = trial(changed("0x0" + numbers[0] + "0" + numbers[1] + "0" + numbers[2] + "ff", false));
        assertRefused(printed, "the library is version " + version + ", not 2.0.1");
        assertThat(printed.subList(Shortcut.values().length, printed.size()))
                .containsExactly("called 3", "x3 7", "executed 6, time 4");
    }

    private List<String> trial(Path library) throws IOException, InterruptedException {
        HostTools.Result result = HostTools.java(directory, LibraryTrial.class, library.toString(), real().toString());
        assertThat(result.status()).as(result.printed()).isZero();
        return result.printed().lines().toList();
    }

    private static void assertRefused(List<String> printed, String reason) {
        assertThat(printed.getFirst()).isEqualTo("stores: refused (" + reason + ")");
        assertThat(printed.subList(0, Shortcut.values().length))
                .as("the others need it")
                .allMatch(line -> line.contains(": refused ("));
    }

    private Path changed(String version, boolean moved) throws IOException, InterruptedException {
        return compile("changed.c", "-DREAL=\"" + real() + "\"", "-DVERSION=" + version, "-DMOVED=" + (moved ? 1 : 0));
    }

    private static Path real() {
        return BundledLibrary.extract(LibrarySearch.standard(null).cache());
    }

    private Path compile(String source, String... definitions) throws IOException, InterruptedException {
        try (InputStream in = OtherLibrariesTest.class.getResourceAsStream(source)) {
            assertThat(in).as(source).isNotNull();
            Files.write(directory.resolve(source), in.readAllBytes());
        }
        Path library = directory.resolve("libunicorn.so");
        String[] command = new String[definitions.length + 7];
        System.arraycopy(new String[] {"gcc", "-shared", "-fPIC", "-o", library.toString(), source}, 0, command, 0, 6);
        System.arraycopy(definitions, 0, command, 6, definitions.length);
        command[command.length - 1] = "-ldl";
        HostTools.execute(directory, command);
        return library;
    }
}
