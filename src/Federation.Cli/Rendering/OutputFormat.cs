namespace Federation.Cli.Rendering;

/// <summary>What <c>-o</c> asks for.</summary>
internal enum OutputFormat
{
    Table,
    Wide,
    Json,
    Yaml,
    Name,
}
