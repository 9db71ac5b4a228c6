package dev.trapline.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// The files of the repository, without files that a build or a tool creates.
final class Repository {

    /// The directory of the parent `pom.xml`.
    static final Path ROOT = findRoot();

    private static final Set<String> SKIPPED_DIRECTORIES =
            Set.of("target", "build", ".git", ".gradle", ".idea", ".vscode", ".jqwik");

    private static final Set<String> TEXT_SUFFIXES = Set.of(
            "java",
            "kts",
            "groovy",
            "md",
            "xml",
            "conf",
            "properties",
            "json",
            "csv",
            "txt",
            "sh",
            "S",
            "c",
            "h",
            "ld",
            "dts",
            "yml",
            "editorconfig",
            "gitignore",
            "config");

    private static final Set<String> TEXT_NAMES = Set.of("LICENSE", "NOTICE", "Makefile", "trapline", "run");

    private Repository() {}

    /// All Java sources, relative to the root, in order.
    static List<Path> javaFiles() {
        return files(path -> suffix(path).equals("java"));
    }

    /// All Markdown files, relative to the root, in order.
    static List<Path> markdownFiles() {
        return files(path -> suffix(path).equals("md"));
    }

    /// All text files that are written by hand, relative to the root, in order.
    static List<Path> textFiles() {
        return files(path -> TEXT_SUFFIXES.contains(suffix(path)) || TEXT_NAMES.contains(name(path)));
    }

    static String read(Path relative) {
        try {
            return Files.readString(ROOT.resolve(relative), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + relative + " as UTF-8", e);
        }
    }

    static void write(Path relative, String text) {
        try {
            Files.writeString(ROOT.resolve(relative), text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + relative, e);
        }
    }

    static boolean exists(Path relative) {
        return Files.exists(ROOT.resolve(relative));
    }

    /// The module of a file: the first part of its path.
    static String module(Path relative) {
        return relative.getName(0).toString();
    }

    /// Whether it is production code; test code otherwise.
    static boolean isMain(Path relative) {
        return relative.toString().replace('\\', '/').contains("/src/main/");
    }

    static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String suffix(Path path) {
        String name = name(path);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<Path> files(Predicate<Path> wanted) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return SKIPPED_DIRECTORIES.contains(name(directory))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && wanted.test(file)) {
                        found.add(ROOT.relativize(file));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + ROOT, e);
        }
        Collections.sort(found);
        return found;
    }

    private static Path findRoot() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve(".mvn"))) {
            Path parent = at.getParent();
            if (parent == null) {
                throw new IllegalStateException("no .mvn directory above "
                        + Path.of("").toAbsolutePath() + ": run these tests inside the repository");
            }
            at = parent;
        }
        return at;
    }
}
