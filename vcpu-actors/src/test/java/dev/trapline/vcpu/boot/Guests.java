package dev.trapline.vcpu.boot;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The guests that are checked in beside the modules.
final class Guests {

    /// Tests run in their module's directory.
    static final Path DIRECTORY = Path.of("..", "guests").toAbsolutePath().normalize();

    private Guests() {}

    static Image image(String name) throws IOException {
        return new Image(Image.Kind.ELF, name, 0, Bytes.copyOf(Files.readAllBytes(DIRECTORY.resolve(name))));
    }
}
