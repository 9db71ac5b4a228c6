package dev.trapline.launcher.caps;

import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.registry.RegistryException;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `trapline caps registers`.
@Command(
        name = "registers",
        description = {
            "Lists KVM's pseudo firmware registers by identifier and name, with their values under the policy "
                    + "and what",
            "each stands for. --write tries another value, and shows the configuration keys that have the same "
                    + "effect.",
            "firmware.registers.NAME=VALUE sets a register for a run.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps registers",
            "  trapline caps registers --write PSCI_VERSION=0x10000 --write VENDOR_HYP_BMAP=0",
            "  trapline caps registers --set firmware.toggles.vendor-hyp=off --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the list was printed",
            "2:the command line or the policy is wrong, there is no such register (ENOENT), or the value is not "
                    + "allowed (EINVAL)",
            Ending.UNWRITTEN
        })
final class CapsRegistersCommand implements Action {

    private final Terminal terminal;
    private final List<String> writes = new ArrayList<>();

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    CapsRegistersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Option(
            names = "--write",
            paramLabel = "NAME=VALUE",
            order = 1,
            description = "Set this register, given by name or identifier, on top of the policy. May be repeated.")
    void writes(@Nullable List<String> values) {
        writes.clear();
        if (values != null) {
            writes.addAll(values);
        }
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        FirmwareRegisters before = policy.capabilities(terminal.err()).registers();
        FirmwareRegisters after = before;
        Map<Long, String> written = new TreeMap<>();
        for (String write : writes) {
            after = written(after, write, written);
        }
        RegisterTable table = new RegisterTable(before, after);
        terminal.print(policy.isJson() ? table.json() : table.text());
        return Ending.DONE;
    }

    /// @param written values written so far, by register identifier
    private static FirmwareRegisters written(FirmwareRegisters registers, String write, Map<Long, String> written) {
        int equals = write.indexOf('=');
        if (equals < 0) {
            throw CommandException.usage("--write takes NAME=VALUE, as in STD_BMAP=0x0, not '" + write + "'");
        }
        String value = write.substring(equals + 1).strip();
        try {
            long id = registers.id(write.substring(0, equals).strip());
            String before = written.put(id, write);
            if (before != null) {
                throw CommandException.usage(
                        "--write " + before + " has no effect: --write " + write + " sets the same register");
            }
            return registers.with(id, CapsWords.word("--write " + write, value));
        } catch (RegistryException e) {
            throw CommandException.usage("--write " + write + ": " + e.getMessage(), e);
        }
    }
}
