package dev.trapline.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A Java source, parsed but not resolved: names are as in the text, types are unknown.
final class JavaFile {

    private final Path path;
    private final String text;
    private final CompilationUnitTree unit;
    private final DocTrees trees;

    private JavaFile(Path path, String text, CompilationUnitTree unit, DocTrees trees) {
        this.path = path;
        this.text = text;
        this.unit = unit;
        this.trees = trees;
    }

    /// Parses a source.
    ///
    /// @throws IllegalStateException if it does not parse
    static JavaFile parse(Path path, String text) {
        return parse(Map.of(path, text)).getFirst();
    }

    /// Parses sources, with one compiler: to prepare one takes longer than to parse a file.
    ///
    /// @param texts by path
    /// @throws IllegalStateException if one does not parse
    static List<JavaFile> parse(Map<Path, String> texts) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        Map<URI, Source> sources = new LinkedHashMap<>();
        texts.forEach((path, text) -> {
            Source source = new Source(path, text);
            sources.put(source.toUri(), source);
        });
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, diagnostics, List.of("-proc:none"), null, sources.values());
        try {
            DocTrees trees = DocTrees.instance(task);
            List<JavaFile> files = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                Source source =
                        Objects.requireNonNull(sources.get(unit.getSourceFile().toUri()));
                files.add(new JavaFile(source.path, source.text, unit, trees));
            }
            if (!diagnostics.getDiagnostics().isEmpty()) {
                throw new IllegalStateException("cannot parse: " + diagnostics.getDiagnostics());
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot parse " + texts.keySet(), e);
        }
    }

    Path path() {
        return path;
    }

    String text() {
        return text;
    }

    CompilationUnitTree unit() {
        return unit;
    }

    /// The line on which a tree begins, from 1. Annotations and modifiers belong to a declaration.
    long firstLine(Tree tree) {
        return unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
    }

    /// The line on which a tree ends.
    long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(trees.getSourcePositions().getEndPosition(unit, tree));
    }

    /// The text of a range of lines, both ends inclusive.
    String lines(long first, long last) {
        return String.join(
                "\n", text.lines().skip(first - 1).limit(last - first + 1).toList());
    }

    /// Whether the declaration at a path has a documentation comment.
    boolean isDocumented(TreePath declaration) {
        return trees.getDocCommentTree(declaration) != null;
    }

    private static final class Source extends SimpleJavaFileObject {

        private final Path path;
        private final String text;

        Source(Path path, String text) {
            super(URI.create("string:///" + path.toString().replace('\\', '/')), Kind.SOURCE);
            this.path = path;
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
