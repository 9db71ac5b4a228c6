package dev.trapline.abi.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoriesTest {

    @Test
    void whatIsMadeIsTheUsersAloneAndWhatWasThereStaysAsItIs(@TempDir Path temp) throws IOException {
        Path present = Files.createDirectory(temp.resolve("present"));
        Files.setPosixFilePermissions(present, PosixFilePermissions.fromString("rwxr-xr-x"));
        PrivateDirectories.make(present.resolve("one").resolve("two"));
        assertThat(mode(present.resolve("one"))).isEqualTo("rwx------");
        assertThat(mode(present.resolve("one").resolve("two"))).isEqualTo("rwx------");
        assertThat(mode(present)).isEqualTo("rwxr-xr-x");
    }

    private static String mode(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }
}
