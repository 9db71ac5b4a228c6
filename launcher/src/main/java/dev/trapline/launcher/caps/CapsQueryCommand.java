package dev.trapline.launcher.caps;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.launcher.options.Candidates;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.registry.Decided;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline caps query`.
@Command(
        name = "query",
        description = {
            "Shows the decision for one call: resident, forwarded or denied, which service answers it, and what "
                    + "decided that.",
            "",
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps query hvc 0xC4000003",
            "  trapline caps query smc PSCI_CPU_ON --set 'firmware.rules=[{owner=4,action=deny}]'",
            "  trapline caps query hvc --imm 0x4a48 --config machine.conf",
            "  trapline caps query smc 0x84000003 --state t32 --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the decision was printed, whatever it is",
            "2:the command line or the policy is wrong",
            Ending.UNWRITTEN
        })
final class CapsQueryCommand implements Action {

    private final Terminal terminal;
    private String conduit = "";
    private String function = "";
    private String immediate = "0";
    private String state = "a64";

    @Mixin
    private final PolicyOptions policy = new PolicyOptions();

    CapsQueryCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(index = "0", paramLabel = "CONDUIT", description = "smc or hvc.")
    void conduit(@Nullable String value) {
        conduit = value == null ? "" : value;
    }

    @Parameters(
            index = "1",
            paramLabel = "FUNCTION",
            arity = "0..1",
            description = "The function identifier in w0, or the name of a function (of the caller's width). Optional "
                    + "with --imm: then 0.")
    void function(@Nullable String value) {
        function = value == null ? "" : value;
    }

    @Option(
            names = "--imm",
            paramLabel = "N",
            order = 1,
            description = "The instruction's #imm, 0 to 65535 (default 0).")
    void immediate(@Nullable String value) {
        immediate = value == null ? "0" : value;
    }

    @Option(
            names = "--state",
            paramLabel = "STATE",
            order = 2,
            completionCandidates = Candidates.States.class,
            description = "Execution state of the caller: ${COMPLETION-CANDIDATES} (default a64).")
    void state(@Nullable String value) {
        state = value == null ? "a64" : value;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        Conduit by = CapsWords.conduit("CONDUIT", conduit);
        ExecutionState from = CapsWords.state(state);
        int imm = CapsWords.immediate(immediate);
        Capabilities capabilities = policy.capabilities(terminal.err());
        FunctionId id = CapsWords.function(function, imm, from, capabilities);
        Decided decided = capabilities.registry().query(by, imm, id.value(), from);
        terminal.print(
                policy.isJson()
                        ? json(capabilities, by, imm, id, from, decided).line()
                        : text(capabilities, by, imm, id, from, decided));
        return Ending.DONE;
    }

    private static String text(
            Capabilities capabilities, Conduit by, int imm, FunctionId id, ExecutionState from, Decided decided) {
        String name = imm == 0 ? capabilities.name(capabilities.registry().named(id.value())) : null;
        String service = Capabilities.service(decided.decision());
        String decision = Capabilities.decision(decided.decision());
        if (decided.decision() instanceof Decision.Denied(Decision.Reason reason)) {
            decision += ": " + reason.description();
        }
        return by + " #" + imm + " " + id + (name == null ? "" : " " + name) + " from " + from + "\n"
                + "  decision  " + decision + "\n"
                + (service.isEmpty() ? "" : "  service   " + service + "\n")
                + (imm == 0 ? "  owner     " + id.owner() + ", " + CallOwner.name(id) + "\n" : "")
                + "  source    " + decided.kind().description() + "\n"
                + "  because   " + decided.decidedBy() + "\n"
                + "  declared  " + capabilities.declared(decided) + "\n";
    }

    private static JsonObject json(
            Capabilities capabilities, Conduit by, int imm, FunctionId id, ExecutionState from, Decided decided) {
        JsonObject fields = JsonObject.document("capability")
                .with("conduit", CapsWords.word(by))
                .with("immediate", imm)
                .with("functionId", id.toString())
                .withAny(
                        "function",
                        imm == 0 ? capabilities.name(capabilities.registry().named(id.value())) : null)
                .with("executionState", CapsWords.word(from));
        if (imm == 0) {
            fields.with("owner", Capabilities.owner(id));
        }
        return fields.withAll(capabilities.json(decided));
    }
}
