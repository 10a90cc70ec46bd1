using System.Text;

namespace Federation.Adapters.Kubernetes.Forms;

/// <summary>
/// Text in which <c>$(NAME)</c> stands for a variable's value, as Kubernetes reads it: there every <c>$$</c> is one <c>$</c>, where the plane means only <c>$$(</c> by more than it says. Pure.
/// See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
/// </summary>
internal static class DollarText
{
    /// <summary>The plane's text, so that a cluster takes it to mean the same.</summary>
    public static string Of(string text)
    {
        if (!text.Contains("$$", StringComparison.Ordinal)) return text;
        var written = new StringBuilder(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            bool before = text[i] == '$' && i + 1 < text.Length && text[i + 1] == '$';
            if (before && i + 2 < text.Length && text[i + 2] == '(')
            {
                // What both take for a '$(' that is no reference.
                written.Append("$$(");
                i += 2;
            }
            else
            {
                written.Append(before ? "$$" : text[i].ToString());
            }
        }
        return written.ToString();
    }
}
