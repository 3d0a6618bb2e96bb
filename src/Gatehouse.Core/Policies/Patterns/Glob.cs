namespace Gatehouse.Core.Policies.Patterns;

/// <summary>
/// A pattern as a small automaton, walked by <see cref="Matches"/> and compared by <see cref="PatternCover"/>, so that both can never disagree.
/// States are positions in the list of steps; the last one accepts.
/// </summary>
internal sealed class Glob
{
    private readonly List<(Step Kind, char Literal)> _steps = [];

    private enum Step : byte
    {
        Literal,

        /// <summary>One character that is not '/'.</summary>
        One,

        /// <summary>Any number of characters that are not '/'.</summary>
        Many,

        /// <summary>Between whole segments; may be skipped, or '/' leads into the next state.</summary>
        Between,

        /// <summary>Inside a segment that <see cref="Between"/> has begun; leads back there.</summary>
        Inside,
    }

    private Glob()
    {
    }

    public int States => _steps.Count + 1;

    /// <summary>The literal characters in it.</summary>
    public IEnumerable<char> Literals => _steps.Where(step => step.Kind == Step.Literal).Select(step => step.Literal);

    /// <summary>A pattern of one segment: <c>*</c> and <c>?</c>.</summary>
    public static Glob OfSegment(string pattern)
    {
        var glob = new Glob();
        glob.AddSegment(pattern);
        return glob;
    }

    /// <summary>A pattern of segments, matched against a path that begins with '/': <c>**</c> alone stands for any number of whole segments, none included.</summary>
    public static Glob OfPath(string pattern)
    {
        var glob = new Glob();
        foreach (var segment in pattern.Split('/'))
        {
            if (segment == "**")
            {
                glob._steps.Add((Step.Between, default));
                glob._steps.Add((Step.Inside, default));
                continue;
            }

            glob._steps.Add((Step.Literal, '/'));
            glob.AddSegment(segment);
        }

        return glob;
    }

    public bool Matches(ReadOnlySpan<char> text)
    {
        Span<bool> current = States <= 512 ? stackalloc bool[States] : new bool[States];
        Span<bool> next = States <= 512 ? stackalloc bool[States] : new bool[States];
        Enter(current, 0);
        foreach (var c in text)
        {
            next.Clear();
            if (!Advance(current, next, c))
            {
                return false;
            }

            var swap = current;
            current = next;
            next = swap;
        }

        return current[^1];
    }

    /// <summary>Marks <paramref name="state"/> and all that follow from it without a character.</summary>
    public void Enter(Span<bool> states, int state)
    {
        while (!states[state])
        {
            states[state] = true;
            if (state == _steps.Count)
            {
                return;
            }

            switch (_steps[state].Kind)
            {
                case Step.Many:
                    state++;
                    break;
                case Step.Between:
                    state += 2;
                    break;
                case Step.Inside:
                    state--;
                    break;
                default:
                    return;
            }
        }
    }

    /// <summary>Marks in <paramref name="next"/> where <paramref name="c"/> leads from <paramref name="current"/>; false when nowhere.</summary>
    public bool Advance(ReadOnlySpan<bool> current, Span<bool> next, char c)
    {
        var alive = false;
        for (var state = 0; state < _steps.Count; state++)
        {
            if (current[state] && Next(state, c) is var reached and >= 0)
            {
                Enter(next, reached);
                alive = true;
            }
        }

        return alive;
    }

    private int Next(int state, char c)
    {
        var (kind, literal) = _steps[state];
        return kind switch
        {
            Step.Literal when c == literal => state + 1,
            Step.One when c != '/' => state + 1,
            Step.Many when c != '/' => state,
            Step.Between when c == '/' => state + 1,
            Step.Inside when c != '/' => state,
            _ => -1,
        };
    }

    private void AddSegment(string segment)
    {
        foreach (var c in segment)
        {
            _steps.Add(c switch
            {
                '*' => (Step.Many, default),
                '?' => (Step.One, default),
                _ => (Step.Literal, c),
            });
        }
    }
}
