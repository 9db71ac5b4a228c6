package dev.trapline.launcher.recording;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.machine.Image;
import dev.trapline.config.TraplineConfig;
import dev.trapline.config.TraplineConfig.ElfImage;
import dev.trapline.config.TraplineConfig.RawImage;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads the files that a run needs at its start.
public final class InputFiles {

    /// The largest file that can be typed at the console, in bytes: at one byte every 100 us, two hours of typing.
    public static final long LARGEST_INPUT = 64 << 20;

    private InputFiles() {}

    /// The images of a machine.
    ///
    /// @param waiting how to wait for files that are pipes
    /// @throws CommandException if a file cannot be read, or if there is nothing to run
    public static List<Image> images(TraplineConfig config, Waiting waiting) {
        refuseOthers(config);
        List<Image> images = new ArrayList<>();
        long ram = config.machine().board().ramBytes();
        Path flash = config.run().flash();
        if (flash != null) {
            images.add(new Image(
                    Image.Kind.FLASH,
                    name(flash),
                    0,
                    read("flash image", flash, Image.most(Image.Kind.FLASH, 0), waiting)));
        }
        Path tree = config.run().deviceTree();
        if (tree != null) {
            images.add(new Image(
                    Image.Kind.DEVICE_TREE,
                    name(tree),
                    0,
                    read("device tree", tree, Image.most(Image.Kind.DEVICE_TREE, 0), waiting)));
        }
        switch (config.run().image()) {
            case ElfImage(Path file) -> {
                images.add(new Image(
                        Image.Kind.ELF, name(file), 0, read("image", file, Image.most(Image.Kind.ELF, 0), waiting)));
            }
            case RawImage(Path file, long address) -> {
                if (InputKind.of(file) == InputKind.GUEST) {
                    throw CommandException.usage("--load-address " + Json.hex(address) + " has no effect: " + file
                            + " is an ELF file, which contains its load address; leave the option out, or make "
                            + "a raw image with objcopy -O binary");
                }
                images.add(new Image(
                        Image.Kind.RAW,
                        name(file),
                        address,
                        read("image", file, Image.most(Image.Kind.RAW, ram), waiting)));
            }
            case null -> {
                if (flash == null) {
                    throw CommandException.usage(
                            "nothing to run: name an ELF file, or a flash image with --flash; try: trapline demo");
                }
            }
        }
        return images;
    }

    /// Refuses files that belong to another option or command, before any file is read. The image to run is checked
    /// first.
    private static void refuseOthers(TraplineConfig config) {
        switch (config.run().image()) {
            case ElfImage(Path file) -> refuse(file, InputKind.EXPORT, InputKind.RECORDING, InputKind.DEVICE_TREE);
            case RawImage(Path file, long _) -> refuse(file, InputKind.EXPORT, InputKind.RECORDING);
            case null -> {}
        }
        Path flash = config.run().flash();
        if (flash != null) {
            refuse(flash, InputKind.GUEST, InputKind.EXPORT, InputKind.RECORDING, InputKind.DEVICE_TREE);
        }
        Path tree = config.run().deviceTree();
        if (tree != null) {
            refuse(tree, InputKind.GUEST, InputKind.EXPORT, InputKind.RECORDING);
        }
    }

    /// Refuses a file that belongs to another option or command.
    private static void refuse(Path file, InputKind... kinds) {
        InputKind kind = InputKind.of(file);
        if (List.of(kinds).contains(kind)) {
            throw CommandException.usage(kind.hint(file));
        }
    }

    /// Reads a whole file that the user named: a regular file, a link to one, or a pipe that the shell opened, as
    /// with `<(command)`.
    ///
    /// @param what it is, for messages
    /// @param most the largest size, in bytes
    /// @param waiting how one waits for a pipe
    /// @throws CommandException if it cannot be read
    public static Bytes read(String what, Path file, long most, Waiting waiting) {
        try {
            return Bytes.copyOf(BoundedFile.readGiven(file, most, waiting));
        } catch (IOException e) {
            String reason = BoundedFile.reason(e);
            throw CommandException.usage(
                    what + " " + file + (reason.equals(FileKind.NOTHING.words()) ? ": no such file" : " " + reason), e);
        }
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
