package dev.trapline.launcher.recording;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.Waiting;
import dev.trapline.abi.machine.Image;
import dev.trapline.config.TraplineConfig;
import dev.trapline.config.TraplineConfig.ElfImage;
import dev.trapline.config.TraplineConfig.LinuxKernel;
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
        Path flash = config.run().flash();
        if (flash != null) {
            images.add(image(Image.Kind.FLASH, "flash image", flash, 0, waiting));
        }
        Path variables = config.run().flashVariables();
        if (variables != null) {
            images.add(image(Image.Kind.FLASH_VARIABLES, "flash variables", variables, 0, waiting));
        }
        Path tree = config.run().deviceTree();
        if (tree != null) {
            images.add(image(Image.Kind.DEVICE_TREE, "device tree", tree, 0, waiting));
        }
        Path disk = config.run().disk();
        if (disk != null) {
            images.add(image(Image.Kind.DISK, "disk", disk, 0, waiting));
        }
        images.addAll(guest(config, waiting));
        if (flash == null && config.run().image() == null) {
            throw CommandException.usage("nothing to run: name an ELF file, a kernel with --kernel, or a flash image"
                    + " with --flash; try: trapline demo");
        }
        return images;
    }

    /// The images that are loaded into RAM; empty for none.
    private static List<Image> guest(TraplineConfig config, Waiting waiting) {
        long ram = config.machine().board().ramBytes();
        return switch (config.run().image()) {
            case ElfImage(Path file) -> List.of(image(Image.Kind.ELF, "image", file, 0, waiting));
            case RawImage(Path file, long address) -> {
                if (InputKind.of(file) == InputKind.GUEST) {
                    throw CommandException.usage("--load-address " + Json.hex(address) + " has no effect: " + file
                            + " is an ELF file, which contains its load address; leave the option out, or make "
                            + "a raw image with objcopy -O binary");
                }
                Bytes content = read("image", file, Image.most(Image.Kind.RAW, ram), waiting);
                yield List.of(new Image(Image.Kind.RAW, name(file), address, content));
            }
            case LinuxKernel(Path file, Path initrd) -> {
                Image kernel = image(Image.Kind.KERNEL, "kernel", file, ram, waiting);
                yield initrd == null
                        ? List.of(kernel)
                        : List.of(kernel, image(Image.Kind.INITRD, "initial RAM disk", initrd, ram, waiting));
            }
            case null -> List.of();
        };
    }

    /// An image without a load address of its own.
    ///
    /// @param ram the size of RAM, in bytes, if the image is loaded into RAM
    private static Image image(Image.Kind kind, String what, Path file, long ram, Waiting waiting) {
        return new Image(kind, name(file), 0, read(what, file, Image.most(kind, ram), waiting));
    }

    /// Refuses files that belong to another option or command, before any file is read. The image to run is checked
    /// first.
    private static void refuseOthers(TraplineConfig config) {
        switch (config.run().image()) {
            case ElfImage(Path file) -> refuse(file, InputKind.EXPORT, InputKind.RECORDING, InputKind.DEVICE_TREE);
            case RawImage(Path file, long _) -> refuse(file, InputKind.EXPORT, InputKind.RECORDING);
            case LinuxKernel(Path file, Path initrd) -> {
                refuse(file, InputKind.GUEST, InputKind.EXPORT, InputKind.RECORDING, InputKind.DEVICE_TREE);
                if (initrd != null) {
                    refuse(initrd, InputKind.EXPORT, InputKind.RECORDING, InputKind.DEVICE_TREE);
                }
            }
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
