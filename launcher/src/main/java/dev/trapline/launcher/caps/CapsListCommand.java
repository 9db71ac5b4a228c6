package dev.trapline.launcher.caps;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.launcher.options.Candidates;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `trapline caps list`.
@Command(
        name = "list",
        description = {
            "Lists the decision for every call: the range of function identifiers, owner, decision, service, what",
            "decided it and where that was declared, the known functions in the range, and every claimed #imm.",
            "Conduits and execution states with the same table are shown once.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps list",
            "  trapline caps list --conduit hvc --state a64 --config machine.conf",
            "  trapline caps list --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the list was printed", "2:the command line or the policy is wrong", Ending.UNWRITTEN})
final class CapsListCommand implements Action {

    private final Terminal terminal;
    private String conduit = "";
    private String state = "";

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    CapsListCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Option(
            names = "--conduit",
            paramLabel = "CONDUIT",
            order = 1,
            completionCandidates = Candidates.Conduits.class,
            description = "Only this one: ${COMPLETION-CANDIDATES}.")
    void conduit(@Nullable String value) {
        conduit = value == null ? "" : value;
    }

    @Option(
            names = "--state",
            paramLabel = "STATE",
            order = 2,
            completionCandidates = Candidates.States.class,
            description = "Only this one: ${COMPLETION-CANDIDATES}.")
    void state(@Nullable String value) {
        state = value == null ? "" : value;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        List<Conduit> conduits =
                conduit.isEmpty() ? List.of(Conduit.values()) : List.of(CapsWords.conduit("--conduit", conduit));
        List<ExecutionState> states =
                state.isEmpty() ? List.of(ExecutionState.values()) : List.of(CapsWords.state(state));
        CapsTables tables = new CapsTables(policy.capabilities(terminal.err()), conduits, states);
        terminal.print(policy.isJson() ? tables.json() : tables.text());
        return Ending.DONE;
    }
}
