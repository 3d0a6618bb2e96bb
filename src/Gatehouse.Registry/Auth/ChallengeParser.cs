namespace Gatehouse.Registry.Auth;

/// <summary>
/// Reads <c>WWW-Authenticate</c>: several headers, several challenges in one header, quoted and unquoted values, any case.
/// Source: RFC 9110 section 11.6.1. Never throws; what cannot be read is left out.
/// </summary>
internal static class ChallengeParser
{
    private const int MaxLength = 16 * 1024;

    public static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> headers)
    {
        var challenges = new List<AuthChallenge>();
        foreach (var header in headers)
        {
            if (header.Length <= MaxLength)
            {
                new Reader(header).ReadInto(challenges);
            }
        }

        return challenges;
    }

    private ref struct Reader(string text)
    {
        private int _at;

        public void ReadInto(List<AuthChallenge> challenges)
        {
            Dictionary<string, string>? parameters = null;
            while (true)
            {
                SkipSeparators();
                if (_at >= text.Length)
                {
                    return;
                }

                var token = ReadToken();
                if (token.Length == 0)
                {
                    _at++;
                    continue;
                }

                // A token before '=' is a parameter of the current challenge; any other token starts the next one.
                if (parameters is not null && TryReadValue(out var value))
                {
                    parameters[token.ToLowerInvariant()] = value;
                }
                else
                {
                    parameters = new Dictionary<string, string>();
                    challenges.Add(new AuthChallenge(token.ToLowerInvariant(), parameters));
                }
            }
        }

        private bool TryReadValue(out string value)
        {
            value = string.Empty;
            var start = _at;
            SkipSpaces();
            if (_at >= text.Length || text[_at] != '=')
            {
                _at = start;
                return false;
            }

            _at++;
            SkipSpaces();
            value = _at < text.Length && text[_at] == '"' ? ReadQuoted() : ReadUnquoted();
            return true;
        }

        private string ReadQuoted()
        {
            var value = new System.Text.StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                if (text[_at] == '"')
                {
                    _at++;
                    break;
                }

                if (text[_at] == '\\' && _at + 1 < text.Length)
                {
                    _at++;
                }

                value.Append(text[_at]);
            }

            return value.ToString();
        }

        // Servers leave quotes away around URLs and scopes, so this takes more than RFC tokens do.
        private string ReadUnquoted()
        {
            var start = _at;
            while (_at < text.Length && text[_at] is not (',' or ' ' or '\t'))
            {
                _at++;
            }

            return text[start.._at];
        }

        private string ReadToken()
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || "!#$%&'*+-.^_`|~".Contains(text[_at], StringComparison.Ordinal)))
            {
                _at++;
            }

            return text[start.._at];
        }

        private void SkipSeparators()
        {
            while (_at < text.Length && text[_at] is (',' or ' ' or '\t'))
            {
                _at++;
            }
        }

        private void SkipSpaces()
        {
            while (_at < text.Length && text[_at] is (' ' or '\t'))
            {
                _at++;
            }
        }
    }
}
