package dev.trapline.launcher;

import static dev.trapline.launcher.InProcess.perform;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.launcher.CommandProcess.Ended;
import dev.trapline.launcher.output.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/// The help of every command.
class HelpTest {

    @TestFactory
    Stream<DynamicTest> everyHelpFitsItsTerminalAndKeepsItsSentencesWhole() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int width : new int[] {40, 50, 54, 55, 60, 80, 120}) {
            CommandLine top = Commands.top();
            HelpText.prepare(top, width);
            Commands.of(top).map(Commands.Named::line).forEach(command -> {
                String name = command.getCommandSpec().qualifiedName();
                tests.add(DynamicTest.dynamicTest(name + " at " + width, () -> check(command, width)));
            });
        }
        return tests.stream();
    }

    private static void check(CommandLine command, int width) {
        String help = command.getUsageMessage();
        // Examples can be copied, so they are not wrapped.
        assertThat(help.replaceFirst("(?s)\nExamples:\n.*", "").lines())
                .as(help)
                .allMatch(line -> line.length() <= width);
        String flowing = help.replaceAll("\\s+", " ");
        for (String line : command.getCommandSpec().usageMessage().description()) {
            assertThat(flowing)
                    .as("no word is cut in two")
                    .contains(String.format(line).strip().replaceAll("\\s+", " "));
        }
    }

    @Test
    void everyCommandIsListedWithAWholeSentence() {
        CommandLine journal =
                java.util.Objects.requireNonNull(Commands.top().getSubcommands().get("journal"));
        for (CommandLine command : List.of(Commands.top(), journal)) {
            HelpText.prepare(command, 60);
            String list = command.getUsageMessage().replaceAll("(?s).*Commands:\n|\n\n.*", "");
            // Each entry begins at column two; the rest of its sentence is further to the right.
            List<String> entries = Stream.of(list.split("\n(?=  \\S)"))
                    .map(entry -> entry.strip().replaceAll("\\s+", " "))
                    .toList();
            assertThat(entries)
                    .as("all except those that are not for users")
                    .hasSameSizeAs(HelpText.listed(command).keySet());
            assertThat(entries).as("each ends where its sentence ends").allMatch(entry -> entry.endsWith("."));
        }
    }

    @Test
    void helpOfACommandIsWhatTheCommandSaysOfItself() {
        assertThat(perform("help", "run").out())
                .isNotEmpty()
                .isEqualTo(perform("run", "--help").out());
        assertThat(perform("help", "journal", "export").out())
                .isNotEmpty()
                .isEqualTo(perform("journal", "export", "--help").out());
        assertThat(perform("help").out())
                .contains("Commands:", "who-wrote")
                .isEqualTo(perform("--help").out());
    }

    @Test
    void helpOfWhatIsNoCommandNamesTheNearest() {
        Ended said = perform("help", "journal", "exprot");
        assertThat(said.status()).isEqualTo(Ending.USAGE);
        assertThat(said.err()).contains("there is no command 'trapline journal exprot'; did you mean export?");
        assertThat(said.out()).isEmpty();
    }

    @Test
    void hiddenCommandsAreNeitherListedNorSuggestedAndHaveHelp() {
        String list = perform("help").out();
        for (String hidden : List.of("prepare", "train")) {
            assertThat(list).as("the list of commands").doesNotContainPattern("(?m)^ +" + hidden + " ");
            assertThat(perform("help", hidden).out()).as("its own help").contains("trapline " + hidden);
            assertThat(perform("help", hidden + "x").err())
                    .as("not for users")
                    .contains("there is no command 'trapline " + hidden + "x'")
                    .doesNotContain("did you mean " + hidden);
            assertThat(perform(hidden + "x").err())
                    .as("not for users, without help")
                    .contains("there is no command '" + hidden + "x'")
                    .doesNotContain("did you mean " + hidden);
        }
    }

    @Test
    void helpOfACommandThatHasNoneOfItsOwnSaysSo() {
        assertThat(perform("help", "run", "foo").err())
                .contains("'trapline run' ", " 'foo' (see: trapline run --help)");
    }

    @Test
    void linesOfAParagraphAreJoinedAndExamplesStay() {
        assertThat(HelpText.paragraphs(
                        "One", "two.", "", "Three.", "  trapline run", "  trapline replay", "Four", "five."))
                .containsExactly("One two.", "", "Three.", "  trapline run", "  trapline replay", "Four five.");
    }

    @Test
    void theShellCompletesTheCommandsThatHelpTakes() {
        assertThat(Trapline.COMMANDS)
                .as("all that are listed")
                .containsExactlyElementsOf(Commands.top().getSubcommands().entrySet().stream()
                        .filter(each ->
                                !each.getValue().getCommandSpec().usageMessage().hidden())
                        .map(java.util.Map.Entry::getKey)
                        .toList());
        String script = perform("generate-completion").out();
        int begin = script.indexOf("function _picocli_trapline_help() {");
        String body = script.substring(begin, script.indexOf("\n}\n", begin));
        assertThat(Trapline.COMMANDS).as(body).allMatch(body::contains);
        List<String> own = Commands.top().getSubcommands().values().stream()
                .flatMap(command -> command.getSubcommands().keySet().stream())
                .distinct()
                .toList();
        assertThat(new HelpCommand.Subcommands())
                .as("all commands of commands")
                .containsExactlyInAnyOrderElementsOf(own);
        assertThat(own).as(body).allMatch(name -> body.contains('"' + name + '"'));
    }

    @Test
    void theShellCompletesFilesAndDirectories() {
        String script = perform("generate-completion").out();
        for (String function :
                List.of("_picocli_trapline_run", "_picocli_trapline_replay", "_picocli_trapline_whowrote")) {
            int begin = script.indexOf("function " + function + "() {");
            assertThat(begin).as(function).isNotNegative();
            String body = script.substring(begin, script.indexOf("\n}\n", begin));
            assertThat(body.substring(body.lastIndexOf("else")))
                    .as("an argument that is a file is completed as one")
                    .contains("compgen -f");
        }
        String run = script.substring(script.indexOf("function _picocli_trapline_run() {"));
        for (String option : List.of(
                "--kernel",
                "--initrd",
                "--dump-dtb",
                "--flash",
                "--flash-variables",
                "--disk",
                "--dtb",
                "--input",
                "--faults",
                "--record",
                "--continue",
                "--config",
                "--plugin")) {
            assertThat(run.substring(0, run.indexOf("\n}\n")))
                    .as(option)
                    .containsPattern(option + "[^\n]*\\)\n[^;]*compgen -f");
        }
    }
}
