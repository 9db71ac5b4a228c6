package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.output.Ending;
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
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The story of a failure says where the vCPUs were. The functions and offsets are those of `objdump -d`.
@Tag("native")
class StoryTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private static String performed(int status, List<String> arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        assertThat(new Trapline(new Terminal(InputStream.nullInputStream(), out, new PrintWriter(err, true)))
                        .execute(arguments))
                .as("%s", err)
                .isEqualTo(status);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String explored(String guest) {
        String found = directory.resolve("found").toString();
        return performed(
                Ending.GUEST_FAILED,
                List.of("explore", "--cpus", "4", "--schedule", "pct:3", "--seeds", "243..243", "--out", found, guest));
    }

    @Test
    void itNamesTheFunctionsInWhichVcpusStand() {
        String turns = """
              at 0.000000016 s, vcpu0 continues in _start+0x4, for 1,456 ticks
              at 0.000026816 s, vcpu1 is left, behind its HVC PSCI_CPU_OFF(), and vcpu0 runs from hvc+0x4 (called from cpu_state+0x2c), for 1,456 ticks
            """;
        String calls = "= ALREADY_ON [psci, forwarded] (in hvc, called from bring_up+0xb8)\n";
        assertThat(explored(guest("bugs/hotplug"))).contains(turns.indent(2)).contains(calls);
        Path recording = directory.resolve("found/exit-status-36c20fdc/seed-243");
        String small = directory.resolve("small").toString();
        assertThat(performed(Ending.OK, List.of("minimize", recording.toString(), "--out", small)))
                .contains(turns)
                .contains(calls);
    }

    @Test
    void withoutSymbolsItHasOnlyTurnsAndCalls() throws IOException {
        byte[] elf = Files.readAllBytes(Path.of(guest("bugs/hotplug")));
        // e_shoff of an ELF64 header: without section headers, a file has no symbols.
        ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN).putLong(0x28, 0);
        Path stripped = Files.write(directory.resolve("stripped.elf"), elf);
        assertThat(explored(stripped.toString()))
                .contains("    at 0.000000016 s, vcpu0 continues, for 1,456 ticks\n")
                .contains("vcpu1 is left, behind its HVC PSCI_CPU_OFF(), and vcpu0 runs, for 1,456 ticks\n")
                .contains("= ALREADY_ON [psci, forwarded]\n");
    }
}
