package dev.trapline.testkit;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The guests in the folder `guests` of the repository.
public final class Guests {

    /// Tests run in their module's directory, and benchmarks in its parent.
    public static final Path DIRECTORY = Path.of(Files.isDirectory(Path.of("guests")) ? "guests" : "../guests")
            .toAbsolutePath()
            .normalize();

    private Guests() {}

    public static Image image(String name) throws IOException {
        return new Image(Image.Kind.ELF, name, 0, Bytes.copyOf(Files.readAllBytes(DIRECTORY.resolve(name))));
    }

    /// The width of the machine that a guest needs.
    public static Width width(String name) {
        return name.endsWith("-a32.elf") || name.endsWith("-t32.elf") ? Width.AARCH32 : Width.AARCH64;
    }

    /// The file names of the guests in a directory, sorted.
    public static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".elf"))
                    .sorted()
                    .toList();
        }
    }
}
