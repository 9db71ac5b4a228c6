package dev.trapline.tidy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The rules for all text files that are written by hand, in any language.
final class TextRules {

    /// Hosts that the project's texts may name: those of its sources, specifications and conventions.
    private static final Set<String> HOSTS = Set.of(
            "adoptium.net",
            "akka.io",
            "arm.com",
            "developer.arm.com",
            "doc.akka.io",
            "docs.oracle.com",
            "documentation-service.arm.com",
            "example.org",
            "github.com",
            "json-schema.org",
            "jspecify.org",
            "keepachangelog.com",
            "maven.apache.org",
            "openjdk.org",
            "semver.org",
            "www.apache.org",
            "www.gnu.org",
            "www.unicorn-engine.org",
            "www.w3.org");

    private static final Pattern URL_HOST = Pattern.compile("https?://([A-Za-z0-9.-]+)");

    /// Forbidden words, and what to do instead. They are about how the text was made, and not about its subject.
    private static final List<Word> WORDS = List.of(
            new Word("\\b(FIXME|TODO|XXX|HACK)\\b", "do it, or open an issue and leave it out here"),
            new Word(
                    "(?<![\\w.])/(root|home/\\w+|Users/\\w+|work)/",
                    "a path of one machine: name it relative to the repository"),
            new Word(
                    "(?i)\\bas an ai\\b|\\blanguage model\\b|\\bai[- ](generated|assistant)\\b",
                    "speak of the project only"),
            new Word("(?i)\\b(helper|coding) agents?\\b|\\bco-authored-by\\b", "speak of the project only"),
            new Word("(?i)\\b(this|previous|earlier) session\\b|\\bthe brief\\b", "speak of the project only"),
            new Word("\\b(localhost|127\\.0\\.0\\.1):\\d+/", "an address of one machine"));

    /// Phrases that are hard to read, and words that the glossary has retired. Sources of guests are not checked,
    /// because their texts are in images whose recordings are kept.
    private static final List<Word> PHRASES = List.of(
            new Word("(?i)\\b(whoever|whom)\\b", "say who it is: 'the caller', 'a program that reads it'"),
            new Word("(?i)\\bwhat is there\\b", "name it: 'the device', 'the old content'"),
            new Word("(?i)\\bcomes to\\b", "write 'is', 'reaches' or 'ends'"),
            new Word("(?i)\\bgoes on with\\b", "write 'continues'"),
            new Word("(?i)\\b(take|takes|took|taken) down\\b", "write 'save', or 'write'"),
            new Word("(?i)\\bfates?\\b", "write 'decision' (docs/glossary.md)"),
            new Word(
                    "(?i)\\bwhat (becomes|would become|became) of\\b",
                    "write 'the decision', 'the answer', 'the result'"),
            new Word("(?i)\\btakes? note of\\b", "write 'records', or 'sets'"),
            new Word("(?i)\\b(hold|holds|held) [a-z ,]*\\bagainst\\b", "write 'compare with', or 'test'"),
            new Word("(?i)\\bin one go\\b", "write 'sequentially', or 'at once'"),
            new Word("(?i)\\b(has|have|had) come to\\b", "say where it is, or what it has reached"),
            new Word("(?i)\\bverdicts?\\b", "write 'decision'; of a replay: 'result'"),
            new Word("(?i)\\bstretch(es)?\\b", "write 'range', 'part' or 'interval' (docs/glossary.md)"),
            new Word("(?i)\\b(at work|gone on with)\\b", "write 'running', or 'continued'"),
            new Word("(?i)\\bhears? of\\b", "write 'is notified of'"),
            new Word("(?i)\\bwants? done\\b", "write 'effects', or 'requests'"));

    /// On names that were checked: most names occur many times.
    private static final Map<String, List<String>> ADVICE = new ConcurrentHashMap<>();

    private static final Set<String> PHRASES_ALLOWED = Set.of("S", "c", "LICENSE");

    /// Lists the retired words.
    private static final String GLOSSARY = "glossary.md";

    private static final Set<String> TABS_ALLOWED = Set.of("Makefile", "S", "gitmodules");

    private TextRules() {}

    /// All findings in one file, in order.
    static List<Finding> check(Path path, String text) {
        List<Finding> findings = new ArrayList<>();
        if (!text.isEmpty() && !text.endsWith("\n")) {
            findings.add(new Finding(path, 0, "does not end with a newline"));
        }
        if (text.endsWith("\n\n")) {
            findings.add(new Finding(path, 0, "ends with an empty line"));
        }
        long line = 0;
        boolean quoted = false;
        for (String content : text.split("\n", -1)) {
            line++;
            checkLine(path, line, content, findings);
            checkWidth(path, line, content, quoted, findings);
            quoted ^= content.contains("\"\"\"");
        }
        return findings;
    }

    /// What to write instead of the retired phrases in a name such as `whoeverCalls`.
    static List<String> adviceOnName(String name) {
        return ADVICE.computeIfAbsent(name, TextRules::findAdvice);
    }

    private static List<String> findAdvice(String name) {
        String words = name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ");
        return PHRASES.stream()
                .filter(phrase -> phrase.pattern().matcher(words).find())
                .map(Word::advice)
                .toList();
    }

    private static void checkLine(Path path, long line, String content, List<Finding> findings) {
        String name = Repository.name(path);
        String suffix = name.substring(name.lastIndexOf('.') + 1);
        if (content.contains("\t") && !TABS_ALLOWED.contains(suffix)) {
            findings.add(new Finding(path, line, "has a tab: use spaces"));
        }
        if (content.endsWith(" ") || content.endsWith("\t") || content.endsWith("\r")) {
            findings.add(new Finding(path, line, "has white space or a carriage return at its end"));
        }
        checkWords(path, line, content, WORDS, findings);
        if (!PHRASES_ALLOWED.contains(suffix) && !name.equals(GLOSSARY)) {
            checkWords(path, line, content, PHRASES, findings);
        }
        Matcher host = URL_HOST.matcher(content);
        while (host.find()) {
            if (!HOSTS.contains(host.group(1))) {
                findings.add(new Finding(
                        path,
                        line,
                        "names the host " + host.group(1) + ": link to the original, or add"
                                + " it to TextRules.HOSTS if it belongs to the field"));
            }
        }
    }

    private static void checkWords(Path path, long line, String content, List<Word> words, List<Finding> findings) {
        for (Word word : words) {
            if (word.pattern().matcher(content).find()) {
                findings.add(new Finding(path, line, "'" + content.strip() + "': " + word.advice()));
            }
        }
    }

    /// Imports, and rows of a table in a test, may have any width.
    private static void checkWidth(Path path, long line, String content, boolean quoted, List<Finding> findings) {
        boolean free = content.startsWith("import ") || (quoted && !Repository.isMain(path));
        if (Repository.name(path).endsWith(".java") && !free && content.length() > CommentFill.WIDTH) {
            findings.add(
                    new Finding(path, line, "has " + content.length() + " columns, more than " + CommentFill.WIDTH));
        }
    }

    private record Word(Pattern pattern, String advice) {
        Word(String regex, String advice) {
            this(Pattern.compile(regex), advice);
        }
    }
}
