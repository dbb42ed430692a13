# Installs Hustings for the user who runs it. Not yet run on a Windows machine.
#
#   irm https://github.com/hustings/hustings/releases/latest/download/install.ps1 | iex
#
# HUSTINGS_VERSION       the version to install, as in 0.1.0; the latest where it is not set
# HUSTINGS_INSTALL_DIR   where the program goes; %USERPROFILE%\.local\bin where it is not set
# HUSTINGS_INSTALL_URL   where the files of the release are, instead of GitHub
#
# Nothing is changed unless the download has the checksum that the release names. All of it is a
# function that the last line calls: a script that arrives by half does nothing.

function Install-Hustings {
    $ErrorActionPreference = 'Stop'
    $ProgressPreference = 'SilentlyContinue'

    $machine = $env:PROCESSOR_ARCHITECTURE
    # A 32-bit PowerShell is told of a 32-bit processor.
    if ($env:PROCESSOR_ARCHITEW6432) { $machine = $env:PROCESSOR_ARCHITEW6432 }
    switch ($machine) {
        'AMD64' { $arch = 'x64' }
        'ARM64' { $arch = 'arm64' }
        default { throw "hustings: there is no binary for the processor '$machine': AMD64 and ARM64 have one" }
    }
    $file = "hustings-windows-$arch.exe"

    $releases = 'https://github.com/hustings/hustings/releases'
    $version = $env:HUSTINGS_VERSION
    if ($env:HUSTINGS_INSTALL_URL) { $url = $env:HUSTINGS_INSTALL_URL.TrimEnd('/') }
    elseif (-not $version) { $url = "$releases/latest/download" }
    elseif ($version -match '^[0-9][A-Za-z0-9.+-]*$') { $url = "$releases/download/v$version" }
    else { throw "hustings: HUSTINGS_VERSION is '$version', which is no version: write it as in 0.1.0" }

    $directory = $env:HUSTINGS_INSTALL_DIR
    if (-not $directory) { $directory = Join-Path $env:USERPROFILE '.local\bin' }
    $stood = Test-Path $directory
    New-Item -ItemType Directory -Force -Path $directory | Out-Null
    $work = Join-Path $directory ('.hustings.' + [guid]::NewGuid().ToString('N'))
    New-Item -ItemType Directory -Path $work | Out-Null
    $new = Join-Path $work $file
    $place = Join-Path $directory 'hustings.exe'
    try {
        Write-Host "Downloading $file ..."
        foreach ($name in @('SHA256SUMS', $file)) {
            try { Invoke-WebRequest -UseBasicParsing -Uri "$url/$name" -OutFile (Join-Path $work $name) }
            catch { throw "hustings: $url/$name could not be downloaded: $_" }
        }
        $wanted = $null
        foreach ($line in Get-Content (Join-Path $work 'SHA256SUMS')) {
            $hash, $name = $line -split '\s+\*?', 2
            if ($name -eq $file) { $wanted = $hash }
        }
        if (-not $wanted) { throw "hustings: $url/SHA256SUMS names no checksum of ${file}: nothing was installed" }
        $sum = (Get-FileHash -Algorithm SHA256 -Path $new).Hash
        if ($sum -ne $wanted) {
            throw "hustings: $file has the checksum $sum instead of ${wanted}: nothing was installed; try again"
        }
        $installed = & $new --version
        if ($LASTEXITCODE -ne 0) { throw "hustings: $file does not run on this machine: nothing was installed" }

        # A program that runs can be moved away, but not replaced.
        if (Test-Path $place) {
            Get-ChildItem -Path $directory -Filter 'hustings.old.*' | Remove-Item -Force -ErrorAction SilentlyContinue
            $old = Join-Path $directory ('hustings.old.' + [guid]::NewGuid().ToString('N'))
            Move-Item -Path $place -Destination $old
            try { Move-Item -Path $new -Destination $place }
            catch { Move-Item -Path $old -Destination $place; throw }
            Remove-Item -Force -Path $old -ErrorAction SilentlyContinue
        }
        else { Move-Item -Path $new -Destination $place }
    }
    finally {
        Remove-Item -Recurse -Force -Path $work -ErrorAction SilentlyContinue
        if (-not $stood -and -not (Test-Path $place)) { Remove-Item -Path $directory -ErrorAction SilentlyContinue }
    }

    Write-Host "Installed hustings $installed as $place"
    if (($env:PATH -split ';') -notcontains $directory) {
        Write-Host "$directory is not on your PATH. Add it:"
        Write-Host "  [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';$directory', 'User')"
    }
    Write-Host 'next: hustings install'
}

Install-Hustings
