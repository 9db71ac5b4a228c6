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
import java.util.List;
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

    /// Parses a source. About a millisecond once warm.
    ///
    /// @throws IllegalStateException if it does not parse
    static JavaFile parse(Path path, String text) {
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, diagnostics, List.of("-proc:none"), null, List.of(new Source(path, text)));
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            if (!diagnostics.getDiagnostics().isEmpty()) {
                throw new IllegalStateException(path + " does not parse: " + diagnostics.getDiagnostics());
            }
            return new JavaFile(path, text, unit, DocTrees.instance(task));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot parse " + path, e);
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

        private final String text;

        Source(Path path, String text) {
            super(URI.create("string:///" + path.toString().replace('\\', '/')), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
