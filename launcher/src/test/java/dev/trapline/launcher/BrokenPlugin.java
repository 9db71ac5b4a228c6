package dev.trapline.launcher;

import dev.trapline.launcher.output.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/// A plugin with [Misbehaving], and a guest that calls it without end.
///
/// @param directory the directory of its files
/// @param jar the plugin
/// @param guest the guest's image
record BrokenPlugin(Path directory, Path jar, Path guest) {

    private static final String ENTRY = "META-INF/services/dev.trapline.abi.firmware.FirmwareService";

    /// The result of a command that was executed in this process.
    record Said(int status, String err) {
        String lastLine() {
            return err.lines().toList().getLast();
        }
    }

    static BrokenPlugin in(Path directory) throws IOException {
        ByteBuffer code = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        code.putInt(0xd400_0002 | Misbehaving.IMMEDIATE << 5); // hvc #0x4242
        code.putInt(0x17ff_ffff); // b hvc
        return new BrokenPlugin(
                directory,
                jar(directory.resolve("plugin.jar"), Misbehaving.class.getName()),
                Files.write(directory.resolve("calls.bin"), code.array()));
    }

    /// Makes a plugin with a service's class.
    static Path jar(Path path, String service) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(path))) {
            jar.putNextEntry(new ZipEntry(ENTRY));
            jar.write((service + "\n").getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return path;
    }

    /// The command that runs the guest with the plugin and records it.
    List<String> run(String how, String where, boolean resident) {
        List<String> arguments = new ArrayList<>(List.of("run", "--plugin", jar.toString()));
        arguments.addAll(List.of("--set", "firmware.services.misbehaving.how=\"" + how + "\""));
        arguments.addAll(List.of("--set", "firmware.services.misbehaving.where=" + where));
        if (resident) {
            arguments.addAll(List.of("--set", "firmware.resident=[misbehaving]"));
        }
        arguments.addAll(List.of("--load-address", "0x40000000", "--memory", "1M"));
        arguments.addAll(List.of("--record", recording().toString(), guest.toString()));
        return arguments;
    }

    Path recording() {
        return directory.resolve("rec");
    }

    /// Executes a command with the plugin.
    Said on(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--plugin", jar.toString()));
        return perform(arguments);
    }

    static Said perform(List<String> arguments) {
        StringWriter err = new StringWriter();
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), new ByteArrayOutputStream(), new PrintWriter(err, true));
        int status = new Trapline(terminal).execute(arguments);
        return new Said(status, err.toString());
    }
}
