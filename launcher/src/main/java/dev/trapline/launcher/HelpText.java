package dev.trapline.launcher;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/// Makes the help of commands fit the terminal.
final class HelpText {

    /// What picocli needs for its columns.
    private static final int NARROWEST = 55;
    /// Longer lines are hard to read.
    private static final int WIDEST = 120;

    private HelpText() {}

    /// Prepares a command and all of its own.
    static void prepare(CommandLine command, Terminal terminal) {
        prepare(command, Math.clamp(terminal.columns(), NARROWEST, WIDEST));
    }

    /// @param width in columns
    static void prepare(CommandLine command, int width) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.width(width);
        usage.description(paragraphs(usage.description()));
        usage.footer(paragraphs(usage.footer()));
        command.getSubcommands().values().forEach(subcommand -> prepare(subcommand, width));
    }

    /// Joins the lines of each paragraph: where they break is the terminal's business. A line that begins with a
    /// space is an example and stays as it is; an empty one ends a paragraph.
    static String[] paragraphs(String... lines) {
        List<String> paragraphs = new ArrayList<>();
        boolean goesOn = false;
        for (String line : lines) {
            boolean isText = !line.isEmpty() && !line.startsWith(" ");
            if (isText && goesOn) {
                paragraphs.add(paragraphs.removeLast() + " " + line);
            } else {
                paragraphs.add(line);
            }
            goesOn = isText;
        }
        return paragraphs.toArray(String[]::new);
    }
}
