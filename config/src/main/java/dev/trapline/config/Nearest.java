package dev.trapline.config;

import java.util.Collection;
import java.util.TreeSet;

/// Guesses which known word was meant by an unknown one.
public final class Nearest {

    /// No known word is longer, and comparing long words takes long.
    private static final int LONGEST = 200;

    private Nearest() {}

    /// The most similar candidate; empty if none is similar enough.
    public static String to(String word, Collection<String> candidates) {
        if (word.length() > LONGEST) {
            return "";
        }
        String best = "";
        // Up to a third of the letters of the last part may differ. With more, a suggestion would be a guess.
        int least = Math.max(2, (word.length() - word.lastIndexOf('.') - 1) / 3) + 1;
        for (String candidate : new TreeSet<>(candidates)) {
            int distance = distance(word, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    // Levenshtein's distance, one row at a time.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
