package dev.trapline.launcher;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.process.Action;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `trapline prepare`: work that `./trapline` does once after a build, before `trapline train`, to make later starts
/// faster. Users do not need it.
@Command(name = "prepare", hidden = true, description = "Prepares files once, so that every later start is faster.")
final class PrepareCommand implements Action {

    private static final String REFERENCE = "reference.conf";
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final String SERVICES = "META-INF/services/" + FirmwareService.class.getName();

    private final ClassLoader classPath = PrepareCommand.class.getClassLoader();
    private Path jars = Path.of("");
    private Path resources = Path.of("");

    @Parameters(index = "0", paramLabel = "JARS", description = "The directory of the command's own jars.")
    void jars(Path directory) {
        jars = directory;
    }

    @Parameters(
            index = "1",
            paramLabel = "RESOURCES",
            description = "The output directory; later starts find it by the property trapline.prepared.")
    void resources(Path directory) {
        resources = directory;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        try {
            write(SERVICES, all(SERVICES));
            // Akka reads the manifests of all jars to check that its own jars have one version. Our build already
            // ensures that.
            write(MANIFEST, "");
            write(REFERENCE, reference());
            try (DirectoryStream<Path> found = Files.newDirectoryStream(jars, "*.jar")) {
                for (Path jar : found) {
                    OldClasses.renew(jar);
                }
            }
        } catch (IOException e) {
            throw CommandException.usage("a start cannot be prepared in " + resources + ": " + e.getMessage(), e);
        }
        return Ending.DONE;
    }

    /// The jars' `reference.conf` files, merged and without comments, which are most of the text.
    private String reference() {
        // The result must not depend on this process, so references to environment variables are not resolved here.
        return ConfigFactory.parseResources(classPath, REFERENCE)
                .resolve(ConfigResolveOptions.noSystem())
                .root()
                .render(ConfigRenderOptions.concise());
    }

    private String all(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (URL url : Collections.list(classPath.getResources(name))) {
            try (InputStream in = url.openStream()) {
                text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return text.toString();
    }

    /// If the file exists, it is complete.
    private void write(String name, String text) throws IOException {
        Path file = resources.resolve(name);
        Path written = resources.resolve(name + ".new");
        Files.createDirectories(file.getParent());
        Files.writeString(written, text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
