package dev.trapline.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.unicorn.ffi.BundledLibrary;
import dev.trapline.unicorn.ffi.LibrarySearch;
import dev.trapline.unicorn.ffi.UnicornLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {

    @TempDir
    private Path directory;

    @Test
    void theCopyInTheArtefactIsExtractedUnderItsHashAndReported() throws IOException {
        EngineLibrary library = UnicornLibrary.load(onlyBundled()).identity();
        assertThat(library.name()).isEqualTo("Unicorn");
        assertThat(library.version()).startsWith("2.");
        assertThat(library.origin()).contains(BundledLibrary.ARTEFACT).contains(directory.toString());
        Path file = directory.resolve(library.sha256()).resolve("libunicorn.so");
        assertThat(Bytes.copyOf(Files.readAllBytes(file)).sha256()).isEqualTo(library.sha256());
    }

    @Test
    void aDamagedCopyInTheCacheIsReplaced() throws IOException {
        Path extracted = BundledLibrary.extract(directory);
        Bytes whole = Bytes.copyOf(Files.readAllBytes(extracted));
        Files.write(extracted, new byte[] {1, 2, 3});
        assertThat(BundledLibrary.extract(directory)).isEqualTo(extracted);
        assertThat(Bytes.copyOf(Files.readAllBytes(extracted))).isEqualTo(whole);
    }

    @Test
    void manyMayExtractAtTheSameTime() throws Exception {
        List<Callable<Path>> tasks = new ArrayList<>();
        for (int k = 0; k < 8; k++) {
            tasks.add(() -> BundledLibrary.extract(directory));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Path> extracted : threads.invokeAll(tasks)) {
                assertThat(extracted.get()).isRegularFile();
            }
        }
        try (Stream<Path> files = Files.walk(directory).filter(Files::isRegularFile)) {
            assertThat(files).as("nothing temporary is left").hasSize(1);
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsAClearError() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> UnicornLibrary.load(new LibrarySearch(null, List.of(), file)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("make the directory writable");
    }

    @Test
    void aNamedLibraryIsTakenBeforeAnyOther() {
        Path named = BundledLibrary.extract(directory);
        EngineLibrary library =
                UnicornLibrary.load(LibrarySearch.standard(named)).identity();
        assertThat(library.origin()).contains("named by configuration").contains(named.toString());
    }

    @Test
    void aSystemLibraryIsTakenBeforeTheArtefact() {
        Path system = BundledLibrary.extract(directory);
        LibrarySearch search = new LibrarySearch(null, List.of(directory.resolve("absent.so"), system), directory);
        assertThat(UnicornLibrary.load(search).identity().origin()).contains("of the system");
    }

    @Test
    void aNamedLibraryThatIsNotThereIsAClearError() {
        Path absent = directory.resolve("libunicorn.so.2");
        assertThatThrownBy(() -> UnicornLibrary.load(LibrarySearch.standard(absent)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(absent.toString())
                .hasMessageContaining("correct the path");
    }

    @Test
    void whatIsNoFileIsNamedAsWhatItIs() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (String[] each : new String[][] {
            {pipe.toString(), "is a named pipe"},
            {directory.toString(), "is a directory"},
            {"/dev/null", "is a device"},
            {directory.resolve("absent.so").toString(), "does not exist"}
        }) {
            assertThatThrownBy(() -> UnicornLibrary.load(LibrarySearch.standard(Path.of(each[0]))))
                    .as("it is not opened, and the message says what kind of file it is")
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining(each[0])
                    .hasMessageContaining(each[1])
                    .hasMessageContaining("correct the path");
        }
    }

    @Test
    void aFileThatIsNoLibraryIsAClearError() throws IOException {
        Path text = Files.writeString(directory.resolve("libunicorn.so.2"), "not a library");
        assertThatThrownBy(() -> UnicornLibrary.load(LibrarySearch.standard(text)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(text.toString())
                .hasMessageContaining("not a shared library that this process can load");
    }

    @Test
    void aLibraryThatIsNotUnicornIsAClearError() {
        Path other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));
        assertThatThrownBy(() -> UnicornLibrary.load(LibrarySearch.standard(other)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("not Unicorn 2")
                .hasMessageContaining("uc_version");
    }

    private LibrarySearch onlyBundled() {
        return new LibrarySearch(null, List.of(), directory);
    }
}
