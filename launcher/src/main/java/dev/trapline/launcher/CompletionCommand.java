package dev.trapline.launcher;

import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.process.Action;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `trapline generate-completion`. Picocli's own command of this name accepts any argument and ignores it.
@Command(
        name = "generate-completion",
        description = {"Prints a script for Tab completion in bash or zsh.", ""},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  source <(trapline generate-completion)"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the script was printed", "2:the command line is wrong", Ending.UNWRITTEN})
final class CompletionCommand implements Action {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        spec.commandLine()
                .getOut()
                .print(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
        return Ending.DONE;
    }
}
