package dev.trapline.launcher;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.config.TraplineConfig;
import dev.trapline.config.TraplineConfig.ElfImage;
import dev.trapline.config.TraplineConfig.RawImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the files that a run begins with.
final class InputFiles {

    // The largest file that fits an array.
    private static final long LARGEST = Integer.MAX_VALUE - 8L;

    private InputFiles() {}

    /// The images of a machine.
    ///
    /// @throws CommandException if a file cannot be read, or if there is nothing to run
    static List<Image> images(TraplineConfig config) {
        List<Image> images = new ArrayList<>();
        Path flash = config.run().flash();
        if (flash != null) {
            images.add(new Image(Image.Kind.FLASH, name(flash), 0, read("flash image", flash, MachineSpec.FLASH_SIZE)));
        }
        switch (config.run().image()) {
            case ElfImage(Path file) ->
                images.add(new Image(Image.Kind.ELF, name(file), 0, read("image", file, LARGEST)));
            case RawImage(Path file, long address) ->
                images.add(new Image(Image.Kind.RAW, name(file), address, read("image", file, LARGEST)));
            case null -> {
                if (flash == null) {
                    throw CommandException.usage(
                            "nothing to run: name an ELF file, or a flash image with --flash; try: trapline demo");
                }
            }
        }
        return images;
    }

    /// A whole file.
    ///
    /// @param what it is, for messages
    /// @throws CommandException if it cannot be read
    static Bytes read(String what, Path file, long most) {
        try {
            if (Files.isDirectory(file)) {
                throw CommandException.usage(what + " " + file + " is a directory");
            }
            long size = Files.size(file);
            if (size > most) {
                throw CommandException.usage(
                        what + " " + file + " has " + size + " bytes; at most " + most + " can be used");
            }
            return Bytes.copyOf(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw CommandException.usage(what + " " + file + ": no such file", e);
        } catch (IOException e) {
            throw CommandException.usage(what + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
